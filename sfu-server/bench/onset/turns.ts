/** Who speaks when: turns at random, one after the other with pauses between. Pure. */

export interface SpokenTurn {
  readonly speaker: number;
  /** From the start of the measurement, ms. */
  readonly from: number;
  readonly to: number;
}

/** Short answers and longer sentences, ms. */
const SHORTEST_MS = 200;
const LONGEST_MS = 1200;
/** Breath and thought between two turns, ms. */
const LEAST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 700;

const between = (least: number, most: number, share: number): number =>
  Math.round(least + (most - least) * share);

/**
 * Nobody follows upon themself: that would be no change of the slot's owner.
 * @param random as Math.random
 */
export const turnsOf = (count: number, speakers: number, random: () => number): SpokenTurn[] => {
  if (speakers < 2) throw new RangeError('turns need two speakers');
  const turns: SpokenTurn[] = [];
  let speaker = 0;
  let now = 0;
  while (turns.length < count) {
    speaker = (speaker + 1 + Math.floor(random() * (speakers - 1))) % speakers;
    const from = now + between(LEAST_PAUSE_MS, MOST_PAUSE_MS, random());
    const to = from + between(SHORTEST_MS, LONGEST_MS, random());
    turns.push({ speaker, from, to });
    now = to;
  }
  return turns;
};
