/** How long to wait before the next try. */
import type { Timers } from './ports.ts';

export class Backoff {
  readonly #steps: readonly number[];
  readonly #timers: Timers;
  /** Part of a step by which it may be shorter or longer. */
  readonly #jitter: number;
  #tries = 0;

  constructor(timers: Timers, steps: readonly number[], jitter = 0) {
    this.#timers = timers;
    this.#steps = steps;
    this.#jitter = jitter;
  }

  get tries(): number {
    return this.#tries;
  }

  /** Milliseconds; the last step repeats for ever. */
  next(): number {
    const step = this.#steps[Math.min(this.#tries, this.#steps.length - 1)] ?? 0;
    this.#tries += 1;
    return step * (1 + this.#jitter * (2 * this.#timers.random() - 1));
  }

  reset(): void {
    this.#tries = 0;
  }
}

/** For signing in and joining: many clients may be at it at once. */
export const SIGNALLING_STEPS = [500, 1000, 2000, 4000, 5000] as const;
export const SIGNALLING_JITTER = 0.5;
/** For media requests that failed. */
export const MEDIA_STEPS = [500, 1000, 2000, 5000] as const;
/** For building transports: the first time at once. */
export const REBUILD_STEPS = [0, 500, 1000, 2000, 5000] as const;
