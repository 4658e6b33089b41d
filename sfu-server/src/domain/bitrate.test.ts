import { expect, it } from 'vitest';
import { firstSample, measure } from './bitrate.ts';

const ALLOWED = 100_000;
const SECONDS_5 = 5000;
/** What each sample says when so many bit/s were sent between them. */
const judged = (...bitrates: number[]): boolean[] => {
  let sample = firstSample(0);
  let bytes = 0;
  return bitrates.map((bitrate, index) => {
    bytes += (bitrate / 8) * 5;
    const measured = measure(sample, bytes, (index + 1) * SECONDS_5, ALLOWED);
    expect(measured.bitrate).toBeCloseTo(bitrate);
    sample = measured.sample;
    return measured.tooMuch;
  });
};

it('is too much at more than twice the allowed bitrate, two samples in a row', () => {
  expect(judged(200_001, 200_001)).toEqual([false, true]);
  expect(judged(200_000, 200_000, 200_000)).toEqual([false, false, false]);
  expect(judged(20_000_000, 20_000_000)).toEqual([false, true]);
});

it('forgives one that is followed by less', () => {
  expect(judged(900_000, 150_000, 900_000, 0, 900_000)).toEqual(Array(5).fill(false));
});

it('takes a longer pause between two samples for what it is', () => {
  const late = measure(firstSample(0), 10 * 25_000, 10_000, ALLOWED);
  expect(late.bitrate).toBe(200_000);
  expect(late.sample.over).toBe(0);
});

it('is not confused by counters that start again, nor by no time at all', () => {
  const former = { bytes: 1_000_000, at: 0, over: 1 };
  expect(measure(former, 10, 1000, ALLOWED)).toMatchObject({ bitrate: 0, tooMuch: false });
  expect(measure(former, 9_000_000, 0, ALLOWED)).toMatchObject({ bitrate: 0, tooMuch: false });
});
