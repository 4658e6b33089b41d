/**
 * Work that comes in crowds is done a little in each turn of the event loop, in order, so that what
 * else the loop has to do, media above all, never waits for more than a few milliseconds of it.
 */

/** What is begun in one turn: no more after so many ms, and not more than so many. */
const MS_IN_A_TURN = 2;
const MOST_IN_A_TURN = 16;

export class LoopTurns {
  readonly #waiting: (() => void)[] = [];
  #isComing = false;

  /** Does the work when all that was added before is done; never at once. */
  add(work: () => void): void {
    this.#waiting.push(work);
    if (!this.#isComing) this.#comeBack();
  }

  #comeBack(): void {
    this.#isComing = true;
    let startedAt: number | null = null;
    const next = (): void => {
      startedAt ??= performance.now();
      if (performance.now() - startedAt < MS_IN_A_TURN) this.#waiting.shift()?.();
    };
    // Each by itself: what a work leaves to be done in microtasks counts too.
    const count = Math.min(this.#waiting.length, MOST_IN_A_TURN);
    for (let i = 0; i < count; i++) setImmediate(next);
    setImmediate(() => {
      this.#isComing = false;
      if (this.#waiting.length > 0) this.#comeBack();
    });
  }
}
