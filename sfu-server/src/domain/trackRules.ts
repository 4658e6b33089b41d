/** What people in a room send, and who may receive it: pure. */
import type {
  ErrorCode,
  MediaKind,
  Participant,
  ParticipantId,
  ProducerId,
  Source,
  Track,
  TrackEnd,
} from '@veche/protocol';
import { Refusal } from './refusal.ts';
import { commit, tracksOf, withEntry } from './room.ts';
import type { Change, Decision, RoomState } from './room.ts';
import { changed, nothing, seatOf } from './seat.ts';

/** @throws Refusal FORBIDDEN for a listener, and on a stage for one whom a moderator muted */
export const setMuted = (state: RoomState, id: ParticipantId, muted: boolean): Decision => {
  const { participant } = seatOf(state, id);
  if (!muted && participant.role === 'listener') {
    throw new Refusal('FORBIDDEN', 'listeners cannot unmute; raise your hand');
  }
  if (!muted && participant.mutedByModerator && state.record.mode === 'stage') {
    throw new Refusal('FORBIDDEN', 'a moderator muted you');
  }
  return withTracks(changed(state, id, muted ? { muted } : { muted, mutedByModerator: false }), id);
};

/** On hold nothing is sent or received. */
export const setHold = (state: RoomState, id: ParticipantId, onHold: boolean): Decision =>
  seatOf(state, id).participant.onHold === onHold
    ? nothing(state)
    : withTracks(changed(state, id, { onHold }), id);

/** Whether a track of this source begins paused. */
export const isPausedFor = ({ muted, onHold }: Participant, source: Source): boolean =>
  onHold || (source === 'microphone' && muted);

/** Lets somebody's tracks follow what was decided about them. */
export const withTracks = (decision: Decision, id: ParticipantId): Decision => {
  let { state, notices } = decision;
  const { participant } = seatOf(state, id);
  for (const track of tracksOf(state, id)) {
    const paused =
      isPausedFor(participant, track.source) || state.pausedByOwner.has(track.producerId);
    if (paused === track.paused) continue;
    const next = { ...track, paused };
    const step = commit({ ...state, tracks: withEntry(state.tracks, track.producerId, next) }, [
      (at) => ({ name: 'room:track-changed', payload: { ...at, track: next } }),
    ]);
    state = step.state;
    notices = [...notices, ...step.notices];
  }
  return { state, notices };
};

/** What the owner of a picture or of a screen's sound wants; it flows unless they are on hold. */
export const setTrackPaused = (
  state: RoomState,
  producerId: ProducerId,
  paused: boolean,
): Decision => {
  const track = state.tracks.get(producerId);
  if (!track) return nothing(state);
  const pausedByOwner = new Set(state.pausedByOwner);
  if (paused) pausedByOwner.add(producerId);
  else pausedByOwner.delete(producerId);
  return withTracks(nothing({ ...state, pausedByOwner }), track.participantId);
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
  const gone = without(state, [track], reason);
  if (reason !== 'sent_too_much' || track.source !== 'microphone') return gone;
  const muted = setMuted(gone.state, track.participantId, true);
  return { state: muted.state, notices: [...gone.notices, ...muted.notices] };
};

/** All tracks of a participant are gone, for example with the worker that carried them. */
export const dropTracks = (state: RoomState, id: ParticipantId): Decision =>
  without(state, tracksOf(state, id));

const without = (state: RoomState, gone: readonly Track[], reason?: TrackEnd): Decision => {
  if (gone.length === 0) return nothing(state);
  const tracks = new Map(state.tracks);
  const pausedByOwner = new Set(state.pausedByOwner);
  for (const { producerId } of gone) {
    tracks.delete(producerId);
    pausedByOwner.delete(producerId);
  }
  const why = reason === undefined ? {} : { reason };
  const changes = gone.map(({ producerId }): Change => {
    return (at) => ({ name: 'room:track-unpublished', payload: { ...at, producerId, ...why } });
  });
  return commit({ ...state, tracks, pausedByOwner }, changes);
};

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
