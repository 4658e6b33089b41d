/** What moderators may do to others. The service asks `requireModerator` first, every time. */
import type { ParticipantId, Role, RoomMode } from '@veche/protocol';
import { Refusal } from './refusal.ts';
import { commit, withEntry, withoutEntry } from './room.ts';
import type { Decision, RoomRecord, RoomState } from './room.ts';
import { leave, setRecord } from './roomRules.ts';
import { seatOf } from './seat.ts';
import { withTracks } from './trackRules.ts';

/** @throws Refusal FORBIDDEN */
export const requireModerator = (state: RoomState, id: ParticipantId): void => {
  if (seatOf(state, id).participant.role !== 'moderator') {
    throw new Refusal('FORBIDDEN', 'only moderators may do this');
  }
};

const isCreator = (state: RoomState, id: ParticipantId): boolean =>
  seatOf(state, id).participant.user.id === state.record.createdBy;

export const muteOther = (state: RoomState, id: ParticipantId, by: ParticipantId): Decision => {
  const seat = seatOf(state, id);
  const participant = { ...seat.participant, muted: true, mutedByModerator: true };
  const muted = commit({ ...state, seats: withEntry(state.seats, id, { ...seat, participant }) }, [
    (at) => ({ name: 'room:participant-changed', payload: { ...at, participant, by } }),
  ]);
  return withTracks(muted, id);
};

/**
 * Removes somebody; `bannedUntil` 0 means that they may come back at once. With a new ban those that
 * are over are forgotten.
 */
export const remove = (
  state: RoomState,
  id: ParticipantId,
  bannedUntil: number,
  by: ParticipantId,
  now: number,
): Decision => {
  if (isCreator(state, id)) throw new Refusal('FORBIDDEN', 'the creator cannot be removed');
  const { user } = seatOf(state, id).participant;
  const { record } = state;
  const inForce = new Map([...record.bans].filter(([, until]) => until > now));
  const bans = bannedUntil > 0 ? withEntry(inForce, user.id, bannedUntil) : record.bans;
  const banned: RoomState = { ...state, record: { ...record, bans } };
  return leave(banned, id, bannedUntil > 0 ? 'banned' : 'removed', by);
};

/** A listener is muted, since nobody may unmute on their behalf. */
const withRole = (state: RoomState, id: ParticipantId, role: Role): RoomState => {
  const seat = seatOf(state, id);
  const participant = {
    ...seat.participant,
    role,
    muted: role === 'listener' ? true : seat.participant.muted,
    // Whoever is let speak may unmute.
    mutedByModerator: role === 'listener' && seat.participant.mutedByModerator,
    handRaisedAt: role === 'listener' ? seat.participant.handRaisedAt : null,
  };
  return { ...state, seats: withEntry(state.seats, id, { ...seat, participant }) };
};

export const setRole = (
  state: RoomState,
  id: ParticipantId,
  role: Role,
  by: ParticipantId,
): Decision => {
  // To be made what one is lifts a mute: on a stage there is no other way.
  if (isCreator(state, id) && role !== 'moderator') {
    throw new Refusal('FORBIDDEN', 'the creator stays a moderator');
  }
  const next = withRole(state, id, role);
  const { participant } = seatOf(next, id);
  const roles = rolesWith(state, id, role);
  const set = commit({ ...next, record: { ...state.record, roles } }, [
    (at) => ({ name: 'room:participant-changed', payload: { ...at, participant, by } }),
  ]);
  return withTracks(set, id);
};

/**
 * Roles that were given outlast the mode. To take the floor back on a stage gives none: that person
 * follows the mode as before, and speaks again where everyone may.
 */
const rolesWith = (state: RoomState, id: ParticipantId, role: Role): RoomRecord['roles'] => {
  const { record } = state;
  const { user, role: former } = seatOf(state, id).participant;
  const isFloorTaken = record.mode === 'stage' && role === 'listener' && former !== 'listener';
  return isFloorTaken
    ? withoutEntry(record.roles, user.id)
    : withEntry(record.roles, user.id, role);
};

export const setLocked = (state: RoomState, locked: boolean, by: ParticipantId): Decision =>
  state.record.locked === locked
    ? { state, notices: [] }
    : setRecord(state, { ...state.record, locked }, by);

/** Those who were given no role of their own follow the mode: on a stage they listen. */
export const setMode = (state: RoomState, mode: RoomMode, by: ParticipantId): Decision => {
  if (state.record.mode === mode) return { state, notices: [] };
  const role: Role = mode === 'stage' ? 'listener' : 'speaker';
  const set = setRecord(state, { ...state.record, mode }, by);
  let decision = set;
  for (const [id, { participant }] of set.state.seats) {
    const own = participant.user.id === state.record.createdBy;
    if (own || state.record.roles.has(participant.user.id) || participant.role === role) continue;
    const next = withRole(decision.state, id, role);
    const changed = seatOf(next, id).participant;
    const step = withTracks(
      commit(next, [
        (at) => ({
          name: 'room:participant-changed',
          payload: { ...at, participant: changed, by },
        }),
      ]),
      id,
    );
    decision = { state: step.state, notices: [...decision.notices, ...step.notices] };
  }
  return decision;
};
