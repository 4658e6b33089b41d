import { expect, it } from 'vitest';
import { percentPerHour } from './slope.ts';

it('is the slope of the line through all samples, in percent of their mean', () => {
  const growing = [0, 1, 2].map((hours) => ({ hours, value: 90 + 10 * hours }));
  expect(percentPerHour(growing)).toBeCloseTo(10);
  expect(percentPerHour(growing.map((sample) => ({ ...sample, value: 50 })))).toBe(0);
  expect(percentPerHour([])).toBeNaN();
});
