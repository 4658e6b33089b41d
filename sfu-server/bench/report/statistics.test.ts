import { describe, expect, it } from 'vitest';
import { difference, median, paired, percentile, ratio, spread, summary } from './statistics.ts';

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is a value that was measured, whatever the order', () => {
    expect([0, 0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([
      1, 50, 95, 99, 100,
    ]);
    expect(summary(hundred)).toEqual({ p50: 50, p95: 95, max: 100 });
  });

  it('of one is that one, and of none nothing', () => {
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('a median', () => {
  it('is in the middle, of an even number too', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

describe('pairs', () => {
  it('are compared with their neighbours only', () => {
    // The machine grew twice as slow; the ratio did not change.
    const ratios = paired([11, 22, 44], [10, 20, 40], ratio);
    expect(spread(ratios)).toEqual({ median: 1.1, min: 1.1, max: 1.1 });
    expect(paired([3, 5], [1, 7], difference)).toEqual([2, -2]);
  });

  it('need a partner each', () => {
    expect(() => paired([1, 2], [1], ratio)).toThrow('one length');
  });
});
