/** Work on one thing takes turns; work on different things does not wait for each other. */
import { Refusal } from '../domain/refusal.ts';

interface Queue {
  underWay: number;
  readonly waiting: (() => void)[];
}

export interface TurnsOptions {
  /** So much of one key is under way at most, */
  readonly atOnce: number;
  /** unless one of them takes longer than this: then the next begins beside it. */
  readonly mostMs: number;
  /** Whoever waited longer than this is not begun any more: the answer would come too late. */
  readonly patienceMs: number;
}

export class Turns<Key> {
  readonly #options: TurnsOptions;
  readonly #queues = new Map<Key, Queue>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /**
   * Does the work when those of the same key before it are done.
   * @throws Refusal UNAVAILABLE for work that waited too long
   */
  async take<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const { atOnce, mostMs, patienceMs } = this.#options;
    const queue = this.#queues.get(key) ?? { underWay: 0, waiting: [] };
    this.#queues.set(key, queue);
    let waitedMs = 0;
    if (queue.underWay < atOnce) {
      queue.underWay++;
    } else {
      const cameAt = performance.now();
      await new Promise<void>((resolve) => {
        queue.waiting.push(resolve);
      });
      waitedMs = performance.now() - cameAt;
    }
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      this.#end(key, queue);
    };
    const timer = setTimeout(end, mostMs);
    try {
      if (waitedMs > patienceMs) {
        throw new Refusal('UNAVAILABLE', 'too many come at once; try again');
      }
      return await work();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  #end(key: Key, queue: Queue): void {
    const next = queue.waiting.shift();
    // Its place is passed on, so that nobody who comes meanwhile takes it.
    if (next) next();
    else if (--queue.underWay === 0) this.#queues.delete(key);
  }
}
