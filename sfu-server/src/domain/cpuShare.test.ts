import { expect, it } from 'vitest';
import { cpuShare } from './cpuShare.ts';

it('the share of a core is what was used between two readings', () => {
  expect(cpuShare({ cpuMs: 100, at: 1000 }, { cpuMs: 550, at: 2800 })).toBe(0.25);
  // Counters of the system may be a little behind.
  expect(cpuShare({ cpuMs: 100, at: 1000 }, { cpuMs: 99, at: 2000 })).toBe(0);
});

it('the share of a core cannot be told within a moment, as of a worker that has just started', () => {
  expect(cpuShare({ cpuMs: 20, at: 1000 }, { cpuMs: 40, at: 1010 })).toBeNull();
});
