/** Who may do what in a room, and what it changes: pure functions, time as an argument. */
import type {
  ChatMessage,
  DeviceId,
  ErrorCode,
  LeaveReason,
  MediaKind,
  MessageId,
  Participant,
  ParticipantId,
  ProducerId,
  Role,
  RoomMode,
  Track,
  TrackEnd,
  User,
  Voice,
} from '@veche/protocol';
import type { Steps } from './posture.ts';
import { Refusal } from './refusal.ts';
import {
  commit,
  describeLive,
  seatOfUser,
  tracksOf,
  withChat,
  withEntry,
  withoutEntry,
} from './room.ts';
import type { Change, Decision, RoomRecord, RoomState, Seat } from './room.ts';

/** The role of somebody who was not given one: on a stage, newcomers listen. */
const ownRole = (mode: RoomMode): Role => (mode === 'stage' ? 'listener' : 'speaker');

const roleOf = ({ roles, createdBy, mode }: RoomRecord, { id }: User): Role =>
  roles.get(id) ?? (createdBy === id ? 'moderator' : ownRole(mode));

const nothing = (state: RoomState): Decision => ({ state, notices: [] });

export const seatOf = (state: RoomState, id: ParticipantId): Seat => {
  const seat = state.seats.get(id);
  if (!seat) throw new Refusal('NOT_FOUND', 'participantId: nobody here has this id');
  return seat;
};

const changed = (
  state: RoomState,
  id: ParticipantId,
  patch: Partial<Participant>,
  by?: ParticipantId,
): Decision => {
  const seat = seatOf(state, id);
  const participant = { ...seat.participant, ...patch };
  return commit({ ...state, seats: withEntry(state.seats, id, { ...seat, participant }) }, [
    (at) => ({
      name: 'room:participant-changed',
      payload: { ...at, participant, ...(by && by !== id ? { by } : {}) },
    }),
  ]);
};

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

/** @throws Refusal FORBIDDEN for a listener, and on a stage for one whom a moderator muted */
export const setMuted = (state: RoomState, id: ParticipantId, muted: boolean): Decision => {
  const { participant } = seatOf(state, id);
  if (!muted && participant.role === 'listener') {
    throw new Refusal('FORBIDDEN', 'listeners cannot unmute; raise your hand');
  }
  if (!muted && participant.mutedByModerator && state.record.mode === 'stage') {
    throw new Refusal('FORBIDDEN', 'a moderator muted you');
  }
  return withMicrophone(
    changed(state, id, muted ? { muted } : { muted, mutedByModerator: false }),
    id,
  );
};

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

export const setHold = (state: RoomState, id: ParticipantId, onHold: boolean): Decision =>
  seatOf(state, id).participant.onHold === onHold
    ? nothing(state)
    : withMicrophone(changed(state, id, { onHold }), id);

/** Sound of a microphone flows unless its owner is muted or has the room on hold. */
export const isMicrophonePaused = ({ muted, onHold }: Participant): boolean => muted || onHold;

/** Lets a microphone's track follow what was decided about its owner. */
export const withMicrophone = (decision: Decision, id: ParticipantId): Decision => {
  const microphone = tracksOf(decision.state, id).find(({ source }) => source === 'microphone');
  if (!microphone) return decision;
  const paused = isMicrophonePaused(seatOf(decision.state, id).participant);
  const followed = setTrackPaused(decision.state, microphone.producerId, paused);
  return { state: followed.state, notices: [...decision.notices, ...followed.notices] };
};

/** The person has a new name. */
export const rename = (state: RoomState, user: User): Decision => {
  const seat = seatOfUser(state, user.id);
  return seat && seat.participant.user.name !== user.name
    ? changed(state, seat.participant.id, { user })
    : nothing(state);
};

export const publish = (state: RoomState, track: Track): Decision =>
  commit({ ...state, tracks: withEntry(state.tracks, track.producerId, track) }, [
    (at) => ({ name: 'room:track-published', payload: { ...at, track } }),
  ]);

/** A track is gone; whoever sent too much from a microphone is muted besides. */
export const unpublish = (
  state: RoomState,
  producerId: ProducerId,
  reason?: TrackEnd,
): Decision => {
  const track = state.tracks.get(producerId);
  if (!track) return nothing(state);
  const why = reason === undefined ? {} : { reason };
  const gone = commit({ ...state, tracks: withoutEntry(state.tracks, producerId) }, [
    (at) => ({ name: 'room:track-unpublished', payload: { ...at, producerId, ...why } }),
  ]);
  if (reason !== 'sent_too_much' || track.source !== 'microphone') return gone;
  const muted = setMuted(gone.state, track.participantId, true);
  return { state: muted.state, notices: [...gone.notices, ...muted.notices] };
};

export const setTrackPaused = (
  state: RoomState,
  producerId: ProducerId,
  paused: boolean,
): Decision => {
  const track = state.tracks.get(producerId);
  if (!track || track.paused === paused) return nothing(state);
  const next = { ...track, paused };
  return commit({ ...state, tracks: withEntry(state.tracks, producerId, next) }, [
    (at) => ({ name: 'room:track-changed', payload: { ...at, track: next } }),
  ]);
};

/** Microphones reach listeners in another way. */
export const setVoice = (state: RoomState, voice: Voice, by?: ParticipantId): Decision =>
  commit({ ...state, voice }, [
    (at) => ({ name: 'room:voice', payload: { ...at, voice, ...(by ? { by } : {}) } }),
  ]);

/** All that somebody can subscribe to of these kinds. */
export const heardBy = (
  state: RoomState,
  id: ParticipantId,
  kinds: readonly MediaKind[],
): ProducerId[] => {
  const { voice, tracks } = state;
  const slots = voice.mode === 'slots' && kinds.includes('audio') ? voice.slots : [];
  const others = [...tracks.values()].filter(
    ({ kind, producerId }) => kinds.includes(kind) && whyNotHeard(state, id, producerId) === null,
  );
  return [...slots, ...others.map(({ producerId }) => producerId)];
};

/** Why somebody cannot subscribe to a track or slot; null: they can. */
export const whyNotHeard = (
  { voice, tracks }: RoomState,
  id: ParticipantId,
  producerId: ProducerId,
): ErrorCode | null => {
  if (voice.mode === 'slots' && voice.slots.includes(producerId)) return null;
  const track = tracks.get(producerId);
  if (!track) return 'NOT_FOUND';
  // Nobody's own sound comes back, and in slots nobody's microphone is had by itself.
  const own = track.participantId === id;
  const inSlot = voice.mode === 'slots' && track.source === 'microphone';
  return own || inSlot ? 'INVALID_STATE' : null;
};

/** All tracks of a participant are gone, for example with the worker that carried them. */
export const dropTracks = (state: RoomState, id: ParticipantId): Decision => {
  const gone = tracksOf(state, id);
  if (gone.length === 0) return nothing(state);
  const tracks = new Map(state.tracks);
  for (const track of gone) tracks.delete(track.producerId);
  const changes = gone.map(({ producerId }): Change => {
    return (at) => ({ name: 'room:track-unpublished', payload: { ...at, producerId } });
  });
  return commit({ ...state, tracks }, changes);
};

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
