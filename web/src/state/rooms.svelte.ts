/** The list of rooms, kept fresh for as long as somebody looks at it. */
import type { Room } from '@veche/protocol';
import type { Session } from '../session/index.ts';
import { keepFresh } from './freshness.ts';

export type RoomsState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: unknown }
  /** Stale: the last refresh did not work, these are from before. */
  | { readonly phase: 'ready'; readonly rooms: readonly Room[]; readonly stale: boolean };

/** Those with people first, then by name. */
function inOrder(rooms: readonly Room[]): Room[] {
  return rooms.toSorted(
    (a, b) => b.participantCount - a.participantCount || a.name.localeCompare(b.name),
  );
}

export class Rooms {
  readonly #session: Session;
  #state = $state.raw<RoomsState>({ phase: 'loading' });
  #asking = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get state(): RoomsState {
    return this.#state;
  }

  /** Refreshes while it is of use, until the returned function is called. */
  watch = (): (() => void) => keepFresh(this.#session, () => this.refresh());

  retry = (): void => {
    this.#state = { phase: 'loading' };
    void this.refresh();
  };

  async refresh(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const rooms = inOrder(await this.#session.listRooms());
      this.#state = { phase: 'ready', rooms, stale: false };
    } catch (error) {
      this.#state =
        this.#state.phase === 'ready'
          ? { ...this.#state, stale: true }
          : { phase: 'failed', error };
    } finally {
      this.#asking = false;
    }
  }
}
