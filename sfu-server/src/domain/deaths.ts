/** How workers that die are dealt with: one is replaced at once, one after another ever later. */

/** Deaths older than this are forgotten, ms. */
const FORGET_MS = 60_000;
/** So many deaths in that time, and the server is not well: something kills whatever comes. */
const TOO_MANY = 3;
/** Wait before the replacement after the first, second … death or failed start in that time, ms. */
const REPLACE_AFTER_MS = [0, 200, 500, 1000, 2000, 5000];

/** Those that still count. Times are monotonic ms. */
export const recent = (deaths: readonly number[], now: number): number[] =>
  deaths.filter((at) => now - at < FORGET_MS);

export const isWell = (deaths: readonly number[], now: number): boolean =>
  recent(deaths, now).length < TOO_MANY;

/** How long to wait before the next replacement; the last death is among `deaths`. */
export const replaceAfterMs = (deaths: readonly number[], now: number): number => {
  const earlier = Math.max(0, recent(deaths, now).length - 1);
  return REPLACE_AFTER_MS[Math.min(earlier, REPLACE_AFTER_MS.length - 1)] ?? 0;
};
