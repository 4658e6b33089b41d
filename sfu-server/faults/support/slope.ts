/** How fast something grows. Pure. */

export interface Sample {
  readonly hours: number;
  readonly value: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The line through all samples: percent of their mean in an hour; NaN of fewer than two. */
export const percentPerHour = (samples: readonly Sample[]): number => {
  const hours = mean(samples.map((sample) => sample.hours));
  const value = mean(samples.map((sample) => sample.value));
  let together = 0;
  let apart = 0;
  for (const sample of samples) {
    together += (sample.hours - hours) * (sample.value - value);
    apart += (sample.hours - hours) ** 2;
  }
  return (100 * together) / apart / value;
};
