/** Tells a room who is speaking, as domain/speakers.ts decides. */
import type { ParticipantId, RoomId, Speaker } from '@veche/protocol';
import { forget, nobodySpeaks, observe } from '../domain/speakers.ts';
import type { SpeakersOptions } from '../domain/speakers.ts';
import type { Clock, Notifier, Timers } from './ports.ts';

/** How often an entry's end is looked for while somebody speaks. */
const TICK_MS = 200;

/** How often a room in slots is told, at most. */
const IN_SLOTS_EVERY_MS = 1000;

export interface RoomSpeakersParts {
  readonly notifier: Notifier;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly speakers: SpeakersOptions;
}

export class RoomSpeakers {
  readonly #roomId: RoomId;
  readonly #parts: RoomSpeakersParts;
  readonly #inSlots: () => boolean;
  #state = nobodySpeaks;
  #current: readonly Speaker[] = [];
  #stopTicking: (() => void) | null = null;

  /** @param inSlots listeners see those who are heard by themselves: the others are told calmly */
  constructor(roomId: RoomId, parts: RoomSpeakersParts, inSlots: () => boolean) {
    this.#roomId = roomId;
    this.#parts = parts;
    this.#inSlots = inSlots;
  }

  /** The set as it was last sent. */
  get current(): Speaker[] {
    return [...this.#current];
  }

  /** Levels of one interval of the observer. */
  heard(levels: readonly Speaker[]): void {
    this.#observe(levels);
    // The observer is silent when everyone is: somebody must notice that a hold is over.
    if (this.#state.heard.size > 0) {
      this.#stopTicking ??= this.#parts.timers.every(TICK_MS, () => {
        this.#observe([]);
      });
    }
  }

  forget(id: ParticipantId): void {
    this.#state = forget(this.#state, id);
    this.#observe([]);
  }

  close(): void {
    this.#stopTicking?.();
    this.#stopTicking = null;
  }

  #observe(levels: readonly Speaker[]): void {
    const { clock, notifier, speakers } = this.#parts;
    const options = this.#inSlots() ? { ...speakers, atMostEveryMs: IN_SLOTS_EVERY_MS } : speakers;
    const { state, send } = observe(this.#state, levels, clock.monotonic(), options);
    this.#state = state;
    if (send) {
      this.#current = send;
      // The empty set is sent once and must arrive; the others are repeated.
      notifier.toRoom(
        this.#roomId,
        'room:speakers',
        { roomId: this.#roomId, speakers: [...send] },
        { lossy: send.length > 0 },
      );
    }
    if (state.heard.size === 0 && state.sent.length === 0) this.close();
  }
}
