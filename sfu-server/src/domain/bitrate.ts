/** Whether somebody sends far more than they may: a pure rule over how much it was, and when. */

/** More than so many times the allowed bitrate is no mistake of an encoder. */
const TOLERATED = 2;
/** So many samples in a row, since encoders overshoot for a moment. */
const SAMPLES = 2;

/** What was known of a sender when it was last looked at. */
export interface Sample {
  /** Sent until then. */
  readonly bytes: number;
  /** Monotonic ms. */
  readonly at: number;
  /** Samples in a row that were far too much. */
  readonly over: number;
}

export const firstSample = (now: number): Sample => ({ bytes: 0, at: now, over: 0 });

export interface Measured {
  readonly sample: Sample;
  /** Since the sample before, bit/s. */
  readonly bitrate: number;
  readonly tooMuch: boolean;
}

/** @param allowed bit/s */
export const measure = (before: Sample, bytes: number, now: number, allowed: number): Measured => {
  const elapsed = now - before.at;
  const bitrate = elapsed > 0 ? (Math.max(0, bytes - before.bytes) * 8000) / elapsed : 0;
  const over = bitrate > TOLERATED * allowed ? before.over + 1 : 0;
  return { sample: { bytes, at: now, over }, bitrate, tooMuch: over >= SAMPLES };
};
