/** A token bucket: `burst` at once, `perSecond` in the long run. Time in milliseconds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export const fullBucket = (rate: Rate, now: number): Bucket => ({ tokens: rate.burst, at: now });

export interface Taken {
  readonly bucket: Bucket;
  readonly allowed: boolean;
}

/** Takes so many tokens, if there are so many. */
export const take = (bucket: Bucket, rate: Rate, now: number, count = 1): Taken => {
  const refill = (Math.max(0, now - bucket.at) / 1000) * rate.perSecond;
  const tokens = Math.min(rate.burst, bucket.tokens + refill);
  return tokens >= count
    ? { bucket: { tokens: tokens - count, at: now }, allowed: true }
    : { bucket: { tokens, at: now }, allowed: false };
};

/** A bucket that would be full again holds no information and may be forgotten. */
export const isIdle = (bucket: Bucket, rate: Rate, now: number): boolean =>
  bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * rate.perSecond >= rate.burst;
