/** Keeps one room's snapshot right: notices in order, a fresh snapshot where one is missing. */
import type { Snapshot } from '@veche/protocol';
import { Backoff, SIGNALLING_JITTER, SIGNALLING_STEPS } from './backoff.ts';
import { RequestError } from './errors.ts';
import { pause, type Log, type Timers } from './ports.ts';
import { replace, step, type RoomEvent } from './roomState.ts';

export interface RoomSyncPorts {
  readonly fetchSnapshot: () => Promise<Snapshot>;
  /** After every change. */
  readonly changed: (snapshot: Snapshot) => void;
  /** A notice that changed the snapshot, with the snapshot before it. */
  readonly happened: (event: RoomEvent, before: Snapshot) => void;
  /** The server says that we are not in the room. */
  readonly notInRoom: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

export class RoomSync {
  readonly #ports: RoomSyncPorts;
  #snapshot: Snapshot | null = null;
  /** What came while a snapshot is awaited; null when none is. */
  #held: RoomEvent[] | null = [];
  /** Grows with each snapshot asked for: an older answer is of no use. */
  #asked = 0;

  constructor(ports: RoomSyncPorts) {
    this.#ports = ports;
  }

  /** A join is asked for: from now on notices wait for `reset`; it knows of all that came before. */
  hold(): void {
    this.#asked += 1;
    this.#held = [];
  }

  /** The snapshot of a join, whatever its revision: the server may have started anew. */
  reset(snapshot: Snapshot): void {
    this.#asked += 1;
    const held = this.#held ?? [];
    this.#held = null;
    this.#show(replace(this.#snapshot, snapshot));
    for (const event of held) this.take(event);
  }

  take(event: RoomEvent): void {
    if (this.#held || !this.#snapshot) {
      this.#held?.push(event);
      return;
    }
    const before = this.#snapshot;
    const result = step(before, event);
    if (result.kind === 'applied') {
      this.#show(result.snapshot);
      this.#ports.happened(event, before);
    }
    if (result.kind === 'gap') {
      this.#held = [event];
      void this.#fetch();
    }
  }

  close(): void {
    this.hold();
  }

  #show(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    this.#ports.changed(snapshot);
  }

  async #fetch(): Promise<void> {
    const { fetchSnapshot, notInRoom, timers, log } = this.#ports;
    const asked = (this.#asked += 1);
    const backoff = new Backoff(timers, SIGNALLING_STEPS, SIGNALLING_JITTER);
    log.debug('a notice is missing; asking for a snapshot');
    // Without signalling this goes round until the next join, which ends it.
    while (asked === this.#asked) {
      try {
        const snapshot = await fetchSnapshot();
        if (asked === this.#asked) this.reset(snapshot);
        return;
      } catch (error) {
        if (asked !== this.#asked) return;
        if (error instanceof RequestError && error.code === 'NOT_FOUND') {
          notInRoom();
          return;
        }
        log.warn('no snapshot', error);
        await pause(timers, backoff.next());
      }
    }
  }
}
