import { describe, expect, it } from 'vitest';
import { isWell, replaceAfterMs } from './deaths.ts';

describe('deaths of workers', () => {
  it('are no trouble until there are three in a minute', () => {
    expect(isWell([], 0)).toBe(true);
    expect(isWell([0, 1000], 2000)).toBe(true);
    expect(isWell([0, 1000, 2000], 2000)).toBe(false);
    expect(isWell([0, 1000, 2000], 60_000)).toBe(true);
  });

  it('lead to a replacement at once, then later and later', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((count) =>
      replaceAfterMs(Array<number>(count).fill(0), 0),
    );
    expect(waits).toEqual([0, 200, 500, 1000, 2000, 5000, 5000]);
    expect(replaceAfterMs([0, 0, 0, 70_000], 70_000)).toBe(0);
  });
});
