import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { turnsOf } from './turns.ts';

/** Values in 0 … 1, over and over. */
const repeating = (values: readonly number[]) => {
  let index = 0;
  return () => values[index++ % values.length] ?? 0;
};

it('turns follow each other with a pause, and each is another’s', () => {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const shares = fc.array(share, { minLength: 1 });
  fc.assert(
    fc.property(shares, fc.integer({ min: 2, max: 20 }), (values, speakers) => {
      const turns = turnsOf(30, speakers, repeating(values));
      expect(turns).toHaveLength(30);
      let before = { speaker: -1, to: 0 };
      for (const turn of turns) {
        expect(turn.speaker).not.toBe(before.speaker);
        expect(turn.speaker).toBeGreaterThanOrEqual(0);
        expect(turn.speaker).toBeLessThan(speakers);
        expect(turn.from - before.to).toBeGreaterThanOrEqual(100);
        expect(turn.to - turn.from).toBeGreaterThanOrEqual(200);
        before = turn;
      }
    }),
  );
});

it('one speaker alone has no turns', () => {
  expect(() => turnsOf(1, 1, Math.random)).toThrow(RangeError);
});
