/** Finds the largest size that still holds. Pure but for the trials it asks for. */

export interface SearchOptions {
  /** The first size that is tried. */
  readonly from: number;
  /** How far it goes at once while all is well. */
  readonly step: number;
  /** It stops when it knows the border as exactly as this. */
  readonly finest: number;
  /** Larger ones are not tried. */
  readonly most: number;
}

/**
 * Goes up until a size does not hold, then halves the distance between the two.
 * @returns the largest size that held; 0 where none did
 */
export const largestThatHolds = async (
  { from, step, finest, most }: SearchOptions,
  holds: (size: number) => Promise<boolean>,
): Promise<number> => {
  let good = 0;
  let bad = Infinity;
  for (let size = from; size <= most; size += step) {
    if (!(await holds(size))) {
      bad = size;
      break;
    }
    good = size;
  }
  if (bad === Infinity) return good;
  while (bad - good > finest) {
    const middle = good + Math.max(finest, Math.floor((bad - good) / 2 / finest) * finest);
    if (await holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
};
