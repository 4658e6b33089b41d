/** One page's stay in a room: joins, joins again, and remembers what a reload must not lose. */
import type { RoomId } from '@veche/protocol';
import {
  Observable,
  type RoomEnd,
  type RoomPhase,
  type RoomSession,
  type RoomView,
  type Session,
} from '../session/index.ts';
import { entersWithMicOn } from './micOn.ts';
import { obstacleOf, type Obstacle } from './room/powers.ts';
import { inThisTab, recall, remember } from './storage.ts';
import { follow, type Followed } from './watch.ts';

const passwordKey = (roomId: RoomId): string => `veche.password.${roomId}`;
const unmutedKey = (roomId: RoomId): string => `veche.unmuted.${roomId}`;

/** A room that was just created, or entered before a reload, does not ask again. */
export function rememberPassword(roomId: RoomId, password: string | null): void {
  remember(inThisTab, passwordKey(roomId), password);
}

/** Whether one is heard: `unmuting` until the server has agreed; `silenced` by the own device. */
export type Voicing = 'muted' | 'mutedByModerator' | 'unmuting' | 'silenced' | 'live';

/** Of an end: who decided so, why in their words, and until when. */
type Told = Pick<Extract<RoomPhase, { phase: 'ended' }>, 'by' | 'words' | 'bannedUntil'>;

/** One membership; after its end there may be another. */
interface Attempt {
  readonly room: RoomSession;
  readonly view: Followed<RoomView>;
  readonly gavePassword: boolean;
}

export class Visit {
  readonly roomId: RoomId;
  readonly #session: Pick<Session, 'joinRoom'>;
  readonly #attempts: Observable<Attempt>;
  readonly #attempt: Followed<Attempt>;
  /** Who banned one, and why. */
  #banned: Told = {};

  constructor(session: Pick<Session, 'joinRoom'>, roomId: RoomId) {
    this.roomId = roomId;
    this.#session = session;
    this.#attempts = new Observable(this.#join());
    this.#attempt = follow(this.#attempts);
  }

  get room(): RoomSession {
    return this.#attempt.current.room;
  }

  get view(): RoomView {
    return this.#attempt.current.view.current;
  }

  /** Whether the last try came with a password, right or wrong. */
  get gavePassword(): boolean {
    return this.#attempt.current.gavePassword;
  }

  /** A refusal at the door says no more than until when; the rest is known from before. */
  get told(): Told {
    const { status } = this.view;
    if (status.phase !== 'ended') return {};
    const { reason, by, words, bannedUntil } = status;
    return {
      ...(reason === 'banned' && !by && this.#banned),
      ...(by && { by }),
      ...(words !== undefined && { words }),
      ...(bannedUntil !== undefined && { bannedUntil }),
    };
  }

  get voicing(): Voicing {
    const { muted, self, microphone } = this.view;
    if (muted) return self?.mutedByModerator ? 'mutedByModerator' : 'muted';
    if (self?.muted !== false) return 'unmuting';
    return microphone.phase === 'silenced' ? 'silenced' : 'live';
  }

  get obstacle(): Obstacle {
    const { self, snapshot } = this.view;
    return snapshot && obstacleOf(self, snapshot.room);
  }

  /** Joins once more, after it ended. */
  again = (): void => {
    const { status } = this.view;
    this.#banned = status.phase === 'ended' && status.reason === 'banned' ? this.told : {};
    this.#attempts.set(this.#join());
  };

  withPassword = (password: string): void => {
    rememberPassword(this.roomId, password);
    this.again();
  };

  /** By one's own wish; the server's answer shows in `voicing`. */
  toggleMute = (): Promise<void> => this.room.setMuted(!this.view.muted);

  toggleHand = (): Promise<void> => this.room.setHand(this.view.self?.handRaisedAt === null);

  leave = (): void => {
    void this.room.leave();
  };

  #join(): Attempt {
    const password = recall(inThisTab, passwordKey(this.roomId));
    const before = recall(inThisTab, unmutedKey(this.roomId));
    const initialMuted = before === null ? !entersWithMicOn() : before !== 'yes';
    const room = this.#session.joinRoom(this.roomId, password ?? undefined, { initialMuted });
    this.#rememberWhileIn(room, initialMuted);
    return { room, view: follow(room), gavePassword: password !== null };
  }

  #rememberWhileIn(room: RoomSession, initialMuted: boolean): void {
    let written = initialMuted;
    const stop = room.subscribe(() => {
      const { status, muted } = room.current;
      if (status.phase === 'ended') {
        stop();
        this.#forgetAfter(status.reason);
      } else if (muted !== written) {
        written = muted;
        this.#rememberMuted(muted);
      }
    });
  }

  #forgetAfter(end: RoomEnd): void {
    // So it ends when the page is loaded again, which is what must be remembered.
    if (end === 'signed_out') return;
    // Whoever left or was made to leave comes back like everyone who is new.
    remember(inThisTab, unmutedKey(this.roomId), null);
    if (end === 'FORBIDDEN' || end === 'NOT_FOUND') rememberPassword(this.roomId, null);
  }

  #rememberMuted(muted: boolean): void {
    remember(inThisTab, unmutedKey(this.roomId), muted ? 'no' : 'yes');
  }
}
