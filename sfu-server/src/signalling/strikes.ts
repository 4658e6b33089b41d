/** Counts the seconds in which a connection went over its limits; too many of them cost it. */

/** Seconds that count. */
const WINDOW_MS = 10_000;
const SECOND_MS = 1000;

export class Strikes {
  readonly #allowed: number;
  #at: number[] = [];

  constructor(allowed: number) {
    this.#allowed = allowed;
  }

  /** True when this strike is one too many. One second is one strike, however much is refused. */
  add(now: number): boolean {
    this.#at = this.#at.filter((at) => now - at < WINDOW_MS);
    const last = this.#at.at(-1);
    if (last === undefined || now - last >= SECOND_MS) this.#at.push(now);
    return this.#at.length >= this.#allowed;
  }
}
