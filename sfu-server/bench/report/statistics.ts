/** What many measurements come to. Pure. */

/** The smallest value that at least `share` (0 … 1) of them do not exceed; NaN of none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
};

/** The middle one, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const above = sorted[Math.floor(half)] ?? NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? NaN) + above) / 2 : above;
};

export const summary = (values: readonly number[]) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  max: percentile(values, 1),
});

export const spread = (values: readonly number[]) => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/**
 * Each of `ones` against the one of `others` that was measured next to it, so that a machine that
 * grows slower or faster meanwhile does not count.
 */
export const paired = (
  ones: readonly number[],
  others: readonly number[],
  compare: (one: number, other: number) => number,
): number[] => {
  if (ones.length !== others.length) throw new RangeError('pairs need two lists of one length');
  return ones.map((one, index) => compare(one, others[index] ?? NaN));
};

export const ratio = (one: number, other: number): number => one / other;
export const difference = (one: number, other: number): number => one - other;
