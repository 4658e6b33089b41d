import { expect, it } from 'vitest';
import { fullBucket, isIdle, take } from './tokenBucket.ts';
import type { Bucket } from './tokenBucket.ts';

const rate = { perSecond: 2, burst: 3 };
const drain = (bucket: Bucket, times: number, now: number): Bucket =>
  Array.from({ length: times }).reduce<Bucket>((it) => take(it, rate, now).bucket, bucket);

it('gives the burst at once and the rate afterwards', () => {
  const empty = drain(fullBucket(rate, 0), 3, 0);
  expect(take(empty, rate, 0).allowed).toBe(false);
  expect(take(empty, rate, 499).allowed).toBe(false);
  expect(take(empty, rate, 500).allowed).toBe(true);
});

it('never holds more than the burst, and a clock that goes back takes nothing', () => {
  const long = drain(fullBucket(rate, 0), 3, 1_000_000);
  expect(take(long, rate, 1_000_000).allowed).toBe(false);
  expect(take(long, rate, 0).bucket.tokens).toBe(0);
});

it('is idle when full', () => {
  expect(isIdle(fullBucket(rate, 0), rate, 0)).toBe(true);
  expect(isIdle(drain(fullBucket(rate, 0), 1, 0), rate, 499)).toBe(false);
  expect(isIdle(drain(fullBucket(rate, 0), 1, 0), rate, 500)).toBe(true);
});
