/**
 * What becomes of a picture on the line of somebody who sees it, by estimates of what that line can
 * carry. What a picture takes beyond that, the voice beside it and the signal lose. Pure.
 */

/** Voice, its repairs, the signal, and what the network itself adds to all of it, bit/s. */
const VOICE_BITS_PER_SECOND = 80_000;
/** Below this a picture is of no use to anybody, and browsers send no less, bit/s. */
const LEAST_BITS_PER_SECOND = 30_000;
/** From here on nothing is asked: more than a camera sends. */
const ENOUGH_BITS_PER_SECOND = 1_500_000;
/** Below this there is no place for both. */
const NARROW_BITS_PER_SECOND = VOICE_BITS_PER_SECOND + LEAST_BITS_PER_SECOND;
/** From here on a picture that was withheld has its place again, bit/s. */
const WIDE_BITS_PER_SECOND = 200_000;
/** Smaller changes are not worth a message. */
const WORTH_TELLING = 0.1;
/** Probes let an estimate rise for a moment: the least of so long a time is believed, ms. */
const BELIEVED_AFTER_MS = 2000;
/** A line that is narrow for so long is not just disturbed, ms. */
const NARROW_FOR_MS = 2500;
/** One that is wide for so long carries a picture again, ms. */
const WIDE_FOR_MS = 2500;
/**
 * Probes go on without a picture, and tell when the line is wide again. In case they do not, it is tried
 * after these times all the same, ms; the last goes for all further. Each costs who hears some sound.
 */
const TRIED_AFTER_MS = [60_000, 120_000, 300_000] as const;
/** After so long with a picture earlier trouble counts no more, ms. */
const WELL_AFTER_MS = 20_000;

interface Estimate {
  /** Monotonic ms. */
  readonly at: number;
  /** bit/s */
  readonly available: number;
}

export interface PictureLine {
  /** Of the last moments, oldest first. */
  readonly estimates: readonly Estimate[];
  readonly narrowSince: number | null;
  readonly wideSince: number | null;
  /** When a picture that is withheld is tried again; null: it is sent. */
  readonly tryAt: number | null;
  readonly triedAt: number;
  /** How often it was withheld since the line was last well. */
  readonly times: number;
}

export const newLine: PictureLine = {
  estimates: [],
  narrowSince: null,
  wideSince: null,
  tryAt: null,
  triedAt: -Infinity,
  times: 0,
};

const believed = ({ estimates }: Pick<PictureLine, 'estimates'>): number =>
  Math.min(...estimates.map(({ available }) => available));

/** @param available to the receiver, bit/s @param now monotonic ms */
export const estimated = (line: PictureLine, available: number, now: number): PictureLine => {
  const fresh = line.estimates.filter(({ at }) => now - at < BELIEVED_AFTER_MS);
  // After a pause in which nothing was estimated it begins anew.
  const before = fresh.length > 0 ? line : newLine;
  const estimates = [...fresh, { at: now, available }];
  const least = believed({ estimates });
  const next: PictureLine = {
    ...line,
    estimates,
    narrowSince: least < NARROW_BITS_PER_SECOND ? (before.narrowSince ?? now) : null,
    wideSince: least >= WIDE_BITS_PER_SECOND ? (before.wideSince ?? now) : null,
  };
  if (line.tryAt !== null) return lasts(next.wideSince, WIDE_FOR_MS, now) ? tried(next, now) : next;
  return lasts(next.narrowSince, NARROW_FOR_MS, now) ? withheld(next, now) : next;
};

/** The time has come: the picture is sent again. */
export const tried = (line: PictureLine, now: number): PictureLine => ({
  ...line,
  narrowSince: null,
  tryAt: null,
  triedAt: now,
});

const withheld = (line: PictureLine, now: number): PictureLine => {
  const times = now - line.triedAt < WELL_AFTER_MS ? line.times : 0;
  const waitMs = TRIED_AFTER_MS[Math.min(times, TRIED_AFTER_MS.length - 1)] ?? 0;
  return { ...line, wideSince: null, tryAt: now + waitMs, times: times + 1 };
};

const lasts = (since: number | null, ms: number, now: number): boolean =>
  since !== null && now - since >= ms;

/** The most that the picture may take, bit/s; 0: any rate. */
export const pictureRate = (line: PictureLine): number => {
  const available = believed(line);
  return available >= ENOUGH_BITS_PER_SECOND
    ? 0
    : Math.round(Math.max(LEAST_BITS_PER_SECOND, available - VOICE_BITS_PER_SECOND));
};

/** Whether a sender must be told of a new rate. */
export const isNews = (told: number, rate: number): boolean =>
  told === 0 || rate === 0 ? told !== rate : Math.abs(rate - told) > WORTH_TELLING * told;
