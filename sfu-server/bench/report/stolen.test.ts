import { expect, it } from 'vitest';
import { machineTimeIn, stolenBetween, watchStolen } from './stolen.ts';

const stat = (user: number, idle: number, stolen: number): string =>
  `cpu  ${user} 0 10 ${idle} 5 0 3 ${stolen} ${user} 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 7\n`;

it('what the host took is a share of all time, in which guests count once', () => {
  const before = machineTimeIn(stat(100, 1000, 50));
  expect(before).toEqual({ all: 1168, stolen: 50 });
  expect(stolenBetween(before, machineTimeIn(stat(150, 1900, 100)))).toBe(5);
});

it('is null where the system does not say, or no time has passed', () => {
  expect(machineTimeIn('intr 7\n')).toBeNull();
  expect(machineTimeIn('cpu  1 2 3\n')).toBeNull();
  expect(stolenBetween(null, { all: 1, stolen: 0 })).toBeNull();
  expect(stolenBetween({ all: 1, stolen: 0 }, { all: 1, stolen: 0 })).toBeNull();
});

it('is told of this machine', () => {
  expect(watchStolen()() ?? 0).toBeLessThanOrEqual(100);
});
