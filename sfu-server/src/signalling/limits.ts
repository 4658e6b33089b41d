/** Token buckets by key: who may ask how often. Full buckets are forgotten. */
import { fullBucket, isIdle, take } from '../domain/tokenBucket.ts';
import type { Bucket, Rate } from '../domain/tokenBucket.ts';

/** How often full buckets are looked for, in calls. */
const SWEEP_EVERY = 1000;

export class Limiter {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();
  #calls = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token of `key`; false when there is none. */
  allow(key: string, now: number): boolean {
    if (++this.#calls % SWEEP_EVERY === 0) this.#sweep(now);
    const { bucket, allowed } = take(
      this.#buckets.get(key) ?? fullBucket(this.#rate, now),
      this.#rate,
      now,
    );
    this.#buckets.set(key, bucket);
    return allowed;
  }

  /** Whether `allow` would say no. */
  isEmpty(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key);
    return bucket !== undefined && !take(bucket, this.#rate, now).allowed;
  }

  /** What was taken should not have been: it comes back. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (!bucket) return;
    const tokens = Math.min(this.#rate.burst, bucket.tokens + 1);
    this.#buckets.set(key, { ...bucket, tokens });
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (isIdle(bucket, this.#rate, now)) this.#buckets.delete(key);
    }
  }
}

/** `count` at once, and as many again in each `seconds`. */
export const perSeconds = (count: number, seconds: number): Rate => ({
  perSecond: count / seconds,
  burst: count,
});
