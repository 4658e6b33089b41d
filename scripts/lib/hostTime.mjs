// How much of this machine its host took for itself: a virtual machine's processors stand still then,
// and nothing in it can tell. What is judged by the clock meanwhile is no judgement. Pure, but for one.
import { readFileSync } from 'node:fs';

/** @typedef {{ at: number, stolen: number, all: number }} Look ms of any clock, and ticks of all processors */

/** The machine was disturbed where the host took more than this of it, 0 … 1. */
export const DISTURBED = 0.05;
/** In any time as long as this, ms: shorter, a few ticks say nothing; longer, a bad second is lost in it. */
const WINDOW_MS = 1000;

/**
 * @param {string} stat as `/proc/stat` has it
 * @param {number} at
 * @returns {Look}
 */
export function parseLook(stat, at) {
  const [, numbers = ''] = /^cpu +(.*)$/m.exec(stat) ?? [];
  // user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in user's.
  const ticks = numbers.split(' ').slice(0, 8).map(Number);
  return { at, stolen: ticks[7] ?? 0, all: ticks.reduce((sum, it) => sum + it, 0) };
}

/** Where there is nothing to read, nothing is known to be taken. @returns {Look} */
export function lookAtMachine() {
  const at = performance.now();
  try {
    return parseLook(readFileSync('/proc/stat', 'utf8'), at);
  } catch {
    return { at, stolen: 0, all: 0 };
  }
}

/** What the host took in the worst second among these looks, 0 … 1. @param {readonly Look[]} looks in order */
export function worstTaken(looks) {
  let worst = 0;
  for (const [index, from] of looks.entries()) {
    const rest = looks.slice(index + 1);
    // What is shorter as a whole is judged as a whole.
    const to = rest.find(({ at }) => at - from.at >= WINDOW_MS) ?? (index === 0 && rest.at(-1));
    if (to && to.all > from.all) {
      worst = Math.max(worst, (to.stolen - from.stolen) / (to.all - from.all));
    }
  }
  return worst;
}
