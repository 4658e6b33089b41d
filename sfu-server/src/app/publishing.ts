/** What participants send: their tracks, and whether their microphone is open. */
import { KIND_OF_SOURCE } from '@veche/protocol';
import type { ParticipantId, Payload, ProducerId, Source, Track } from '@veche/protocol';
import { Refusal } from '../domain/refusal.ts';
import { tracksOf } from '../domain/room.ts';
import type { Decision } from '../domain/room.ts';
import { seatOf } from '../domain/seat.ts';
import * as trackRules from '../domain/trackRules.ts';
import type { LiveRoom } from './liveRoom.ts';

/** Sources whose producer is being made, by participant: there is at most one of each. */
const coming = new WeakMap<LiveRoom, Set<string>>();

const reserve = (room: LiveRoom, id: ParticipantId, source: Source): (() => void) => {
  const reserved = coming.get(room) ?? new Set<string>();
  coming.set(room, reserved);
  const key = `${id}/${source}`;
  if (reserved.has(key) || tracksOf(room.state, id).some((track) => track.source === source)) {
    throw new Refusal('INVALID_STATE', `source: you already publish a ${source}`);
  }
  reserved.add(key);
  return () => reserved.delete(key);
};

const mayPublish = (room: LiveRoom, id: ParticipantId): boolean =>
  seatOf(room.state, id).participant.role !== 'listener';

/** @throws Refusal BAD_REQUEST, FORBIDDEN, INVALID_STATE, NOT_FOUND, MEDIA_RESET */
export const publish = async (
  room: LiveRoom,
  id: ParticipantId,
  { transportId, kind, source, rtpParameters }: Payload<'producer:create'>,
  late: AbortSignal,
): Promise<ProducerId> => {
  if (KIND_OF_SOURCE[source] !== kind) {
    throw new Refusal('BAD_REQUEST', `kind: a ${source} is ${KIND_OF_SOURCE[source]}`);
  }
  if (!mayPublish(room, id)) throw new Refusal('FORBIDDEN', 'listeners publish nothing');
  const peer = room.media.peer(id);
  const paused = (): boolean => {
    const seat = room.state.seats.get(id);
    return !seat || trackRules.isPausedFor(seat.participant, source);
  };
  const release = reserve(room, id, source);
  try {
    const producerId = await peer.produce(
      { transportId, kind, source, rtpParameters, paused },
      late,
    );
    if (late.aborted || !room.state.seats.has(id) || !mayPublish(room, id)) {
      if (peer.owns(producerId)) peer.closeProducer(producerId);
      throw new Refusal('MEDIA_RESET', 'the participant left meanwhile');
    }
    if (!peer.owns(producerId)) throw new Refusal('MEDIA_RESET', 'the transport closed meanwhile');
    const track: Track = { producerId, participantId: id, kind, source, paused: paused() };
    room.commit(trackRules.publish(room.state, track));
    return producerId;
  } finally {
    release();
  }
};

/** Pauses or resumes a picture or a screen's sound; microphones follow their owner's mute. */
export const setTrackPaused = async (
  room: LiveRoom,
  id: ParticipantId,
  producerId: ProducerId,
  paused: boolean,
): Promise<void> => {
  if (room.state.tracks.get(producerId)?.source === 'microphone') {
    throw new Refusal('INVALID_STATE', 'producerId: a microphone follows mic:set');
  }
  await decideTracks(room, id, trackRules.setTrackPaused(room.state, producerId, paused));
};

/** Makes a decision about somebody's mute, hold, role or tracks true, in the worker as well. */
export const decideTracks = async (
  room: LiveRoom,
  id: ParticipantId,
  decision: Decision,
): Promise<void> => {
  const before = room.state.tracks;
  room.commit(decision);
  if (trackRules.isPausedFor(seatOf(room.state, id).participant, 'microphone')) room.silence(id);
  // A microphone always: should the worker have it otherwise, muting again makes it right.
  const follow = tracksOf(room.state, id).filter(
    ({ producerId, source, paused }) =>
      source === 'microphone' || before.get(producerId)?.paused !== paused,
  );
  const peer = room.media.peer(id);
  await Promise.all(
    follow.map(({ producerId, paused }) => peer.setProducerPaused(producerId, paused)),
  );
};

/** On hold nothing is sent or received. */
export const setHold = async (room: LiveRoom, id: ParticipantId, held: boolean): Promise<void> => {
  await Promise.all([
    decideTracks(room, id, trackRules.setHold(room.state, id, held)),
    room.media.peer(id).setHeld(held),
  ]);
};
