/** Who spoke a moment ago, in places that do not jump: among many people nobody finds them else. */
import type { ParticipantId } from '@veche/protocol';
import { Observable, steadyNow, type RoomView, type Watchable } from '../../session/index.ts';

/** A pause to think does not give up the place. */
const KEPT_MS = 5000;
const PLACES = 6;

export interface Place {
  readonly id: ParticipantId;
  readonly spokeAt: number;
}

/** The same places, with those who speak now; the longest silent makes room for somebody new. */
export function seated(
  places: readonly Place[],
  speaking: readonly ParticipantId[],
  now: number,
): readonly Place[] {
  const speaks = new Set(speaking);
  const kept = places
    .map((place) => (speaks.has(place.id) ? { ...place, spokeAt: now } : place))
    .filter(({ spokeAt }) => now - spokeAt < KEPT_MS);
  const known = new Set(kept.map(({ id }) => id));
  const comers = speaking.filter((id) => !known.has(id)).map((id) => ({ id, spokeAt: now }));
  const all = [...kept, ...comers];
  const stay = new Set(all.toSorted((a, b) => b.spokeAt - a.spokeAt).slice(0, PLACES));
  return all.filter((place) => stay.has(place));
}

type After = (ms: number, run: () => void) => () => void;

export class SpeakerStrip extends Observable<readonly ParticipantId[]> {
  readonly #room: Watchable<RoomView>;
  readonly #after: After;
  readonly #now: () => number;
  #places: readonly Place[] = [];
  #stopTimer: (() => void) | null = null;

  constructor(room: Watchable<RoomView>, after: After, now: () => number = steadyNow) {
    super([]);
    this.#room = room;
    this.#after = after;
    this.#now = now;
  }

  /** Until the returned function is called. */
  watch = (): (() => void) => {
    const stop = this.#room.subscribe(this.#look);
    this.#look();
    return () => {
      stop();
      this.#stopTimer?.();
      this.#stopTimer = null;
    };
  };

  #look = (): void => {
    const { speaking } = this.#room.current;
    this.#places = seated(this.#places, [...speaking.keys()], this.#now());
    const ids = this.#places.map(({ id }) => id);
    if (ids.join(' ') !== this.current.join(' ')) this.set(ids);
    if (ids.length > 0) {
      this.#stopTimer ??= this.#after(KEPT_MS / 5, () => {
        this.#stopTimer = null;
        this.#look();
      });
    }
  };
}
