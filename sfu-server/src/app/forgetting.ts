/**
 * Forgets guests whom nobody can be any more, as all their tokens are over. Rooms stay, and in them
 * who is banned and who moderates.
 */
import type { Logger } from 'pino';
import type { Clock, PeopleStore, Timers } from './ports.ts';

export interface ForgettingParts {
  readonly people: Pick<PeopleStore, 'forget'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly everyMs: number;
  readonly log: Logger;
}

/** So long after its end nobody is connected with a token any more, ms. */
const OVER_FOR_MS = 24 * 3600 * 1000;
/** As many as are deleted without anyone noticing; where there are more, these go on a moment later. */
const AT_ONCE = 500;
const NEXT_MS = 1000;

export class Forgetting {
  readonly #parts: ForgettingParts;
  readonly #stop: () => void;
  #cancelNext: () => void = () => undefined;

  /** The first look is a while after the start: by then a clock that was wrong has been set. */
  constructor(parts: ForgettingParts) {
    this.#parts = parts;
    this.#stop = parts.timers.every(parts.everyMs, () => {
      this.#look();
    });
  }

  close(): void {
    this.#stop();
    this.#cancelNext();
  }

  #look(): void {
    const { people, clock, timers, log } = this.#parts;
    this.#cancelNext();
    try {
      const count = people.forget(clock.now() - OVER_FOR_MS, AT_ONCE);
      if (count > 0) log.info({ people: count, reason: 'tokens_over' }, 'People forgotten');
      if (count < AT_ONCE) return;
      this.#cancelNext = timers.after(NEXT_MS, () => {
        this.#look();
      });
    } catch (error) {
      // As on a full disk; they can wait.
      log.warn({ err: error }, 'People not forgotten');
    }
  }
}
