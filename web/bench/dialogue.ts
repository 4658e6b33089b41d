/** A lively conversation by a script: the same at each run. */
import type { Guest } from '../e2e/support/guest.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Numbers 0 … 1 that are the same at each run. */
function* chances(): Generator<number, never> {
  let seed = 1;
  for (;;) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed / 2_147_483_647;
  }
}

/**
 * One turn after another of 1 to 4 s, each by somebody else, with up to 0.3 s of overlap or 0.6 s
 * of pause between them; in every third turn somebody else murmurs.
 * @param people at least four
 */
export const converse = async (people: readonly Guest[], turns: number): Promise<void> => {
  const chance = chances();
  const draw = (from: number, to: number): number => from + chance.next().value * (to - from);
  const say = async (person: Guest | undefined, ms: number): Promise<void> => {
    await person?.speak();
    await sleep(ms);
    await person?.hush();
  };
  const said: Promise<void>[] = [];
  let speaker = 0;
  for (let turn = 0; turn < turns; turn++) {
    const lengthMs = draw(1000, 4000);
    // Neither the one before nor the one after them, whose turn may overlap with this.
    const step = Math.floor(draw(1, people.length - 1));
    said.push(say(people[speaker], lengthMs));
    const next = (speaker + step) % people.length;
    if (turn % 3 === 0) {
      const silent = people.find((_, index) => index !== speaker && index !== next);
      said.push(sleep(lengthMs / 2).then(() => say(silent, 400)));
    }
    await sleep(lengthMs + draw(-300, 600));
    speaker = next;
  }
  await Promise.all(said);
};
