/** Who speaks now, by the server's word, which is forgotten when it is not repeated. */
import type { ParticipantId, Speaker } from '@veche/protocol';
import { Observable } from './observable.ts';
import type { Timers } from './ports.ts';

/** The server repeats the set every second while it is not empty. */
const FORGET_AFTER_MS = 2000;

export class Speaking extends Observable<ReadonlyMap<ParticipantId, number>> {
  readonly #timers: Timers;
  #cancel: () => void = () => undefined;

  constructor(timers: Timers) {
    super(new Map());
    this.#timers = timers;
  }

  /** The complete set. */
  hear(speakers: readonly Speaker[]): void {
    this.#cancel();
    const levels = new Map(speakers.map(({ participantId, level }) => [participantId, level]));
    if (levels.size > 0 || this.current.size > 0) this.set(levels);
    if (levels.size === 0) return;
    this.#cancel = this.#timers.after(FORGET_AFTER_MS, () => {
      this.hear([]);
    });
  }

  close(): void {
    this.#cancel();
  }
}
