/** Distributions in single numbers. */

/** The smallest value that this share of all is not above; NaN of none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? NaN) * 10) / 10;
};

export const largest = (values: readonly number[]): number => percentile(values, 1);

/** The time that something takes, ms. */
export const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};
