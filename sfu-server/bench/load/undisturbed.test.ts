import { describe, expect, it } from 'vitest';
import { BenchError } from './refusals.ts';
import { UndisturbedTurns } from './undisturbed.ts';

/** Each try of a turn in order. */
const tries = (...turns: { heard: number; loss: number }[]) => {
  let next = 0;
  return () => Promise.resolve(turns[next++] ?? { heard: 0, loss: NaN });
};
const WHOLE = { heard: 1000, loss: 0.005 };
const DISTURBED = { heard: 900, loss: 0.1 };

describe('a turn', () => {
  it('that is whole is taken once', async () => {
    const turns = new UndisturbedTurns();
    expect(await turns.take('one', tries(WHOLE))).toBe(WHOLE);
    expect(turns.repeated).toBe(0);
  });

  it('in which packets are lost is taken again, which is counted', async () => {
    const turns = new UndisturbedTurns();
    expect(await turns.take('one', tries(DISTURBED, DISTURBED, WHOLE))).toBe(WHOLE);
    expect(await turns.take('two', tries({ heard: 1100, loss: -0.1 }, WHOLE))).toBe(WHOLE);
    expect(turns.repeated).toBe(3);
  });

  it('that is never whole ends the benchmark with a sentence', async () => {
    const turns = new UndisturbedTurns();
    const never = turns.take('slots, pair 2', tries(DISTURBED, DISTURBED, DISTURBED, WHOLE));
    await expect(never).rejects.toThrow(BenchError);
    await expect(never).rejects.toThrow('slots, pair 2: 10 % of the packets were lost');
  });

  it('in which nothing is heard is not whole', async () => {
    const silent = new UndisturbedTurns().take('one', tries());
    await expect(silent).rejects.toThrow('one: all of the packets were lost');
  });
});
