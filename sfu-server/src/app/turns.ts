/** Work on one thing takes turns; work on different things does not wait for each other. */

interface Queue {
  underWay: number;
  readonly waiting: (() => void)[];
}

export class Turns<Key> {
  readonly #atOnce: number;
  readonly #mostMs: number;
  readonly #queues = new Map<Key, Queue>();

  /**
   * @param atOnce how many of one key are under way at most,
   * @param mostMs unless one of them takes longer than this: then the next begins beside it
   */
  constructor(atOnce: number, mostMs: number) {
    this.#atOnce = atOnce;
    this.#mostMs = mostMs;
  }

  /** Does the work when those of the same key before it are done. */
  async take<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { underWay: 0, waiting: [] };
    this.#queues.set(key, queue);
    if (queue.underWay >= this.#atOnce) {
      await new Promise<void>((resolve) => {
        queue.waiting.push(resolve);
      });
    }
    queue.underWay++;
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      this.#end(key, queue);
    };
    const timer = setTimeout(end, this.#mostMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  #end(key: Key, queue: Queue): void {
    queue.underWay--;
    const next = queue.waiting.shift();
    if (next) next();
    else if (queue.underWay === 0) this.#queues.delete(key);
  }
}
