/** Who may do what in a room, and what it changes: pure functions, time as an argument. */
import type {
  ChatMessage,
  DeviceId,
  LeaveReason,
  MessageId,
  Participant,
  ParticipantId,
  Role,
  RoomMode,
  User,
  Voice,
} from '@veche/protocol';
import type { Steps } from './posture.ts';
import { Refusal } from './refusal.ts';
import { commit, describeLive, seatOfUser, withChat, withEntry, withoutEntry } from './room.ts';
import type { Decision, RoomRecord, RoomState, Seat } from './room.ts';
import { changed, nothing, seatOf } from './seat.ts';
import { dropTracks } from './trackRules.ts';

/** The role of somebody who was not given one: on a stage, newcomers listen. */
const ownRole = (mode: RoomMode): Role => (mode === 'stage' ? 'listener' : 'speaker');

const roleOf = ({ roles, createdBy, mode }: RoomRecord, { id }: User): Role =>
  roles.get(id) ?? (createdBy === id ? 'moderator' : ownRole(mode));

export interface JoinRequest {
  readonly user: User;
  readonly deviceId: DeviceId;
  /** Used if a new seat is taken. */
  readonly participantId: ParticipantId;
  /** The server carries as much as it can: whoever is inside stays. */
  readonly isFull: boolean;
  readonly now: number;
}

export interface JoinDecision extends Decision {
  readonly participantId: ParticipantId;
  /** The same user's other device, whose seat this one took. */
  readonly displaced: Seat | null;
}

/**
 * Takes a seat, comes back to it, or takes it over from the same user's other device.
 * @throws Refusal FORBIDDEN (banned), ROOM_LOCKED, ROOM_FULL
 */
export const join = (state: RoomState, request: JoinRequest): JoinDecision => {
  const { record } = state;
  const { user, deviceId, now } = request;
  const seat = seatOfUser(state, user.id);
  if (seat?.deviceId === deviceId) {
    const { id, away } = seat.participant;
    const decision = away ? changed(state, id, { away: false }) : nothing(state);
    return { ...decision, participantId: id, displaced: null };
  }
  const banMs = (record.bans.get(user.id) ?? 0) - now;
  if (banMs > 0) {
    throw new Refusal('FORBIDDEN', 'you were banned from this room', 'banned', banMs);
  }
  const role = seat?.participant.role ?? roleOf(record, user);
  if (!seat && record.locked && role !== 'moderator') {
    throw new Refusal('ROOM_LOCKED', 'a moderator has locked this room');
  }
  if (!seat && state.seats.size >= record.maxParticipants) {
    throw new Refusal('ROOM_FULL', `this room holds ${record.maxParticipants} people at most`);
  }
  if (!seat && request.isFull) {
    throw new Refusal('UNAVAILABLE', 'the server carries as much as it can', 'at_capacity');
  }
  const left = seat ? leave(state, seat.participant.id, 'moved') : nothing(state);
  const participant: Participant = {
    id: request.participantId,
    number: left.state.nextNumber,
    user,
    role,
    muted: true,
    mutedByModerator: left.state.silenced.has(user.id),
    handRaisedAt: seat?.participant.handRaisedAt ?? null,
    away: false,
    onHold: false,
    joinedAt: now,
  };
  const joined = commit(
    {
      ...left.state,
      silenced: new Set([...left.state.silenced].filter((id) => id !== user.id)),
      nextNumber: participant.number + 1,
      seats: withEntry(left.state.seats, participant.id, { deviceId, participant }),
    },
    [(at) => ({ name: 'room:participant-joined', payload: { ...at, participant } })],
  );
  return {
    state: joined.state,
    notices: [...left.notices, ...joined.notices],
    participantId: participant.id,
    displaced: seat ?? null,
  };
};

/** Frees a seat; its tracks go first, so that nobody sees a track without a participant. */
export const leave = (
  state: RoomState,
  id: ParticipantId,
  reason: LeaveReason,
  by?: ParticipantId,
): Decision => {
  const { user, mutedByModerator } = seatOf(state, id).participant;
  const gone = dropTracks(state, id);
  const silenced = mutedByModerator ? new Set([...state.silenced, user.id]) : state.silenced;
  const left = commit({ ...gone.state, silenced, seats: withoutEntry(gone.state.seats, id) }, [
    (at) => ({
      name: 'room:participant-left',
      payload: { ...at, participantId: id, reason, ...(by ? { by } : {}) },
    }),
  ]);
  return { state: left.state, notices: [...gone.notices, ...left.notices] };
};

/** The signal was lost or is back. */
export const setAway = (state: RoomState, id: ParticipantId, away: boolean): Decision =>
  seatOf(state, id).participant.away === away ? nothing(state) : changed(state, id, { away });

export const setHand = (
  state: RoomState,
  id: ParticipantId,
  raised: boolean,
  now: number,
): Decision => {
  const { handRaisedAt } = seatOf(state, id).participant;
  if (raised === (handRaisedAt !== null)) return nothing(state);
  return changed(state, id, { handRaisedAt: raised ? afterAllHands(state, now) : null });
};

/** Hands are taken in their order, also those of one millisecond, and when the clock is set back. */
const afterAllHands = (state: RoomState, now: number): number =>
  [...state.seats.values()].reduce(
    (latest, { participant: { handRaisedAt } }) => Math.max(latest, (handRaisedAt ?? 0) + 1),
    now,
  );

/** The person has a new name. */
export const rename = (state: RoomState, user: User): Decision => {
  const seat = seatOfUser(state, user.id);
  return seat && seat.participant.user.name !== user.name
    ? changed(state, seat.participant.id, { user })
    : nothing(state);
};

/** Microphones reach listeners in another way. */
export const setVoice = (state: RoomState, voice: Voice, by?: ParticipantId): Decision =>
  commit({ ...state, voice }, [
    (at) => ({ name: 'room:voice', payload: { ...at, voice, ...(by ? { by } : {}) } }),
  ]);

/** What somebody wrote. Chat carries no revision: it changes nothing that a snapshot must repair. */
export const say = (
  state: RoomState,
  id: ParticipantId,
  text: string,
  messageId: MessageId,
  now: number,
): { state: RoomState; message: ChatMessage } => {
  const { user } = seatOf(state, id).participant;
  const message: ChatMessage = {
    messageId,
    roomId: state.record.id,
    from: { participantId: id, user },
    text,
    at: now,
  };
  return { state: withChat(state, message), message };
};

/** The room's own settings changed, by `by`. */
export const setRecord = (state: RoomState, record: RoomRecord, by: ParticipantId): Decision =>
  withRoom({ ...state, record }, by);

/** The room took a step as it grew or shrank, or is to by the wish of `by`. */
export const setSteps = (state: RoomState, steps: Steps, by?: ParticipantId): Decision =>
  state.steps === steps ? nothing(state) : withRoom({ ...state, steps }, by);

const withRoom = (state: RoomState, by?: ParticipantId): Decision =>
  commit(state, [
    (at) => ({
      name: 'room:changed',
      payload: { ...at, room: describeLive(state), ...(by ? { by } : {}) },
    }),
  ]);
