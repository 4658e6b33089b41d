/** What moderators do to others, made true in state, media and notices. */
import type { ParticipantId, Payload } from '@veche/protocol';
import * as moderation from '../domain/moderation.ts';
import { tracksOf } from '../domain/room.ts';
import { seatOf } from '../domain/seat.ts';
import { isPausedFor } from '../domain/trackRules.ts';
import type { LiveRoom } from './liveRoom.ts';
import type { Clock } from './ports.ts';
import { decideTracks } from './publishing.ts';

export const mute = (room: LiveRoom, by: ParticipantId, id: ParticipantId): Promise<void> =>
  decideTracks(room, id, moderation.muteOther(room.state, id, by));

export const remove = (
  room: LiveRoom,
  by: ParticipantId,
  { participantId, banMs = 0, reason: words }: Payload<'mod:remove'>,
  clock: Clock,
): void => {
  const seat = seatOf(room.state, participantId);
  const now = clock.now();
  const bannedUntil = banMs > 0 ? now + banMs : 0;
  const decision = moderation.remove(room.state, participantId, bannedUntil, by, now);
  const reason = bannedUntil > 0 ? 'banned' : 'removed';
  room.free(decision, seat, {
    reason,
    by,
    ...(words === undefined ? {} : { words }),
    ...(banMs > 0 ? { banMs } : {}),
  });
};

export const setRole = async (
  room: LiveRoom,
  by: ParticipantId,
  { participantId, role }: Payload<'mod:role'>,
): Promise<void> => {
  await decideTracks(room, participantId, moderation.setRole(room.state, participantId, role, by));
  stopListenersPublishing(room);
};

export const setMode = async (
  room: LiveRoom,
  by: ParticipantId,
  { mode }: Payload<'mod:mode'>,
): Promise<void> => {
  room.commit(moderation.setMode(room.state, mode, by));
  stopListenersPublishing(room);
  await Promise.all(
    [...room.state.seats.values()]
      .filter(({ participant }) => isPausedFor(participant, 'microphone'))
      .map(({ participant }) => pauseMicrophone(room, participant.id)),
  );
};

export const setLocked = (
  room: LiveRoom,
  by: ParticipantId,
  { locked }: Payload<'mod:lock'>,
): void => {
  room.commit(moderation.setLocked(room.state, locked, by));
};

const pauseMicrophone = async (room: LiveRoom, id: ParticipantId): Promise<void> => {
  room.silence(id);
  const microphone = tracksOf(room.state, id).find(({ source }) => source === 'microphone');
  if (microphone) await room.media.peer(id).setProducerPaused(microphone.producerId, true);
};

/** A listener keeps the muted microphone, for the day it may speak again, and nothing else. */
const stopListenersPublishing = (room: LiveRoom): void => {
  for (const track of room.state.tracks.values()) {
    const { role } = seatOf(room.state, track.participantId).participant;
    if (role === 'listener' && track.source !== 'microphone') {
      room.media.peer(track.participantId).closeProducer(track.producerId);
    }
  }
};
