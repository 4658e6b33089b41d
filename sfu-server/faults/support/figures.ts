/** Distributions in single numbers. */
import { percentile } from '../../bench/report/statistics.ts';

/** NaN of none, which misses every goal. */
export const largest = (values: readonly number[]): number => percentile(values, 1);

/** The time that something takes, ms. */
export const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};
