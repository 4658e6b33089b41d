/** How well somebody heard a tone while something was wrong. */
import type { Caller } from '../../e2e/support/caller.ts';

/** One look of the ears. */
const LOOK_MS = 10;
const LOOKS_PER_WINDOW = 100;
/** A window of a second has the tone when it is there in this share of it. */
const ENOUGH = 0.8;

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

/** Percent of the whole seconds in which the tone was there. */
export const windowsHeard = (presence: Presence): number => {
  const windows = Math.floor(presence.length / LOOKS_PER_WINDOW);
  const heard = Array.from({ length: windows }, (_, index) => {
    const window = presence.slice(index * LOOKS_PER_WINDOW, (index + 1) * LOOKS_PER_WINDOW);
    return window.filter(Boolean).length >= ENOUGH * LOOKS_PER_WINDOW;
  });
  return (100 * heard.filter(Boolean).length) / windows;
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
