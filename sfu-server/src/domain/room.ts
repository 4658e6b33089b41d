/** A room and who is in it, as one immutable value; `roomRules.ts` says how it may change. */
import { SNAPSHOT_CHAT_LENGTH } from '@veche/protocol';
import type {
  ChatMessage,
  DeviceId,
  NoticeInput,
  Participant,
  ParticipantId,
  ProducerId,
  Role,
  Room,
  RoomId,
  RoomMode,
  Track,
  UserId,
  Voice,
} from '@veche/protocol';
import { describePosture } from './posture.ts';
import type { Steps } from './posture.ts';

/** What is kept of a room when nobody is in it. */
export interface RoomRecord {
  readonly id: RoomId;
  readonly name: string;
  readonly visibility: Room['visibility'];
  /** Null: no password. Otherwise what storage/passwords.ts made of it. */
  readonly passwordHash: string | null;
  readonly locked: boolean;
  readonly mode: RoomMode;
  readonly maxParticipants: number;
  readonly createdBy: UserId;
  readonly createdAt: number;
  /** Roles that somebody was given; everyone else has the mode's own. */
  readonly roles: ReadonlyMap<UserId, Role>;
  /** Until when somebody may not come back, epoch ms. */
  readonly bans: ReadonlyMap<UserId, number>;
}

/** A participant and the device that holds the seat. */
export interface Seat {
  readonly deviceId: DeviceId;
  readonly participant: Participant;
}

export interface RoomState {
  readonly record: RoomRecord;
  /** Grows by one with every change that the participants are told of. */
  readonly revision: number;
  readonly nextNumber: number;
  readonly seats: ReadonlyMap<ParticipantId, Seat>;
  readonly tracks: ReadonlyMap<ProducerId, Track>;
  /** Pictures, and sound of screens, that their owner wants paused. */
  readonly pausedByOwner: ReadonlySet<ProducerId>;
  readonly chat: readonly ChatMessage[];
  /** Whom a moderator muted and who has left since: coming back lifts nothing. */
  readonly silenced: ReadonlySet<UserId>;
  readonly voice: Voice;
  /** Null where size changes nothing, as in a call. */
  readonly steps: Steps | null;
}

type ChangeName =
  | 'room:participant-joined'
  | 'room:participant-changed'
  | 'room:participant-left'
  | 'room:track-published'
  | 'room:track-changed'
  | 'room:track-unpublished'
  | 'room:voice'
  | 'room:changed';

/** A change that happened, as the notice that tells everyone in the room. */
export type RoomNotice = {
  [N in ChangeName]: { readonly name: N; readonly payload: NoticeInput<N> };
}[ChangeName];

/** Which room changed, and the how-manieth change it is. */
interface Stamp {
  readonly roomId: RoomId;
  readonly revision: number;
}

/** A change before `commit` numbers it. */
export type Change = (stamp: Stamp) => RoomNotice;

export interface Decision {
  readonly state: RoomState;
  readonly notices: readonly RoomNotice[];
}

export const emptyRoom = (record: RoomRecord, steps: Steps | null = null): RoomState => ({
  record,
  revision: 0,
  nextNumber: 1,
  seats: new Map(),
  tracks: new Map(),
  pausedByOwner: new Set(),
  chat: [],
  silenced: new Set(),
  voice: { mode: 'direct' },
  steps,
});

/** The room as the wire shows it. */
export const describeRoom = (record: RoomRecord, participantCount: number): Room => ({
  id: record.id,
  name: record.name,
  visibility: record.visibility,
  hasPassword: record.passwordHash !== null,
  locked: record.locked,
  mode: record.mode,
  maxParticipants: record.maxParticipants,
  participantCount,
  createdBy: record.createdBy,
  createdAt: record.createdAt,
});

/** The same with people in it. */
export const describeLive = ({ record, seats, steps }: RoomState): Room => ({
  ...describeRoom(record, seats.size),
  ...(steps ? { posture: describePosture(steps) } : {}),
});

export const seatOfUser = (state: RoomState, userId: UserId): Seat | undefined => {
  for (const seat of state.seats.values()) {
    if (seat.participant.user.id === userId) return seat;
  }
  return undefined;
};

export const tracksOf = (state: RoomState, id: ParticipantId): Track[] =>
  [...state.tracks.values()].filter((track) => track.participantId === id);

/** Replaces one entry of a map without touching the old one. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map(map).set(key, value);

export const withoutEntry = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
};

/** Adds chat, of which only what a snapshot shows is kept. */
export const withChat = (state: RoomState, message: ChatMessage): RoomState => ({
  ...state,
  chat: [...state.chat, message].slice(-SNAPSHOT_CHAT_LENGTH),
});

/** Numbers the changes and makes notices of them. */
export const commit = (state: RoomState, changes: readonly Change[]): Decision => ({
  state: { ...state, revision: state.revision + changes.length },
  notices: changes.map((change, index) =>
    change({ roomId: state.record.id, revision: state.revision + index + 1 }),
  ),
});
