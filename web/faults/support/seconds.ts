/**
 * Judges the seconds in which somebody was to be heard. Those in which the machine had no time for the
 * sound of a page are left out: what is missing then, no line has lost. Pure.
 */

const SECOND_MS = 1000;
/** A second has the tone when it is there in this share of what was played. */
const ENOUGH = 0.8;
/** Looks in a second of a page that has time: it plays as fast as the clock runs, whatever arrives. */
const LOOKS = 96;

export interface Heard {
  /** Whether the tone was there, every 10 ms of what the page played. */
  readonly present: readonly boolean[];
  /** When each of these was played, epoch ms. */
  readonly playedAt: readonly number[];
  /** The same of the page that spoke. */
  readonly speakerPlayedAt: readonly number[];
}

export interface Seconds {
  readonly heard: number;
  readonly unheard: number;
  readonly starved: number;
}

export const judgeSeconds = (
  { present, playedAt, speakerPlayedAt }: Heard,
  from: number,
  to: number,
): Seconds => {
  const seconds = { heard: 0, unheard: 0, starved: 0 };
  for (let start = from; start + SECOND_MS <= to; start += SECOND_MS) {
    const within = (at: number | undefined): boolean =>
      at !== undefined && at >= start && at < start + SECOND_MS;
    const looks = present.filter((_, index) => within(playedAt[index]));
    const spoken = speakerPlayedAt.filter(within);
    if (looks.length < LOOKS || spoken.length < LOOKS) seconds.starved++;
    else if (looks.filter(Boolean).length >= ENOUGH * looks.length) seconds.heard++;
    else seconds.unheard++;
  }
  return seconds;
};
