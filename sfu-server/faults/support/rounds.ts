/** The same again from the start, several times in one scenario. */
import type { Context } from '../scenario.ts';

/** Each round undoes what it did before the next begins. */
export const inRounds = async <T>(
  count: number,
  context: Context,
  round: (context: Context, index: number) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = [];
  for (let index = 0; index < count; index++) {
    const undos: (() => unknown)[] = [];
    try {
      results.push(await round({ ...context, after: (undo) => undos.push(undo) }, index));
    } finally {
      for (const undo of undos.toReversed()) await undo();
    }
  }
  return results;
};
