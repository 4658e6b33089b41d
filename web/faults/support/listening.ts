/** How well somebody heard a tone while something was wrong. */
import { setTimeout as lasts } from 'node:timers/promises';
import type { Caller } from '../../e2e/support/caller.ts';
import type { Person } from '../../e2e/support/person.ts';

/** One look of the ears. */
const LOOK_MS = 10;

/** Whether the tone was there, every 10 ms. */
type Presence = readonly boolean[];

/** Starts to listen for the tone; the returned function tells what came since. */
export const listenFor = async (
  listener: Caller,
  bin: number,
): Promise<() => Promise<Presence>> => {
  await listener.page.evaluate((asked) => window.ears.watch(asked), bin);
  return () => listener.page.evaluate(() => window.ears.presence());
};

/** The longest time without the tone, ms; all of it where nothing was listened to. */
export const longestGapMs = (presence: Presence): number => {
  let longest = presence.length > 0 ? 0 : Infinity;
  let gap = 0;
  for (const present of presence) {
    gap = present ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return longest * LOOK_MS;
};

/** Heard for so long without a pause, somebody is there again. */
const STEADY_LOOKS = 100;
const LOOK_AGAIN_MS = 100;

/**
 * How long the tone that `ears.watch` follows was away from `since` on, with all interruptions, until
 * it was steady again, ms; not a number where it is not steady by `deadline`. Both epoch ms.
 */
export const goneSince = async (
  { page }: Person,
  since: number,
  deadline: number,
): Promise<number> => {
  for (;;) {
    const [present, playedAt] = await page.evaluate(() => [
      window.ears.presence(),
      window.ears.playedAt(),
    ]);
    const lastMissed = present.lastIndexOf(false);
    const missedAt = playedAt[lastMissed] ?? 0;
    if (missedAt > since && present.length - lastMissed > STEADY_LOOKS) return missedAt - since;
    if (Date.now() > deadline) return NaN;
    await lasts(LOOK_AGAIN_MS);
  }
};
