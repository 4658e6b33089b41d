/** What somebody did to a room or to somebody in it, read from a notice. Pure. */
import type { Participant, ParticipantId, Posture, Snapshot, User } from '@veche/protocol';
import type { Deed, StepTaken, Voicing } from './api.ts';
import type { RoomEvent } from './roomState.ts';

/** @param before the room as it was before the notice; null: nothing worth telling */
export function deedOf(event: RoomEvent, before: Snapshot): Deed | null {
  const userOf = (id: ParticipantId | undefined): User | null =>
    before.participants.find((one) => one.id === id)?.user ?? null;
  switch (event.name) {
    case 'room:participant-changed': {
      const { participant, by } = event.payload;
      const former = before.participants.find(({ id }) => id === participant.id);
      const what = former && by ? changeOf(participant, former) : null;
      return what && { by: userOf(by), what, whom: participant.user };
    }
    case 'room:participant-left': {
      const { participantId, reason, by } = event.payload;
      const whom = userOf(participantId);
      if (!whom || (reason !== 'removed' && reason !== 'banned')) return null;
      return { by: userOf(by), what: reason, whom };
    }
    case 'room:changed': {
      const { room, by } = event.payload;
      if (room.locked !== before.room.locked) {
        return { by: userOf(by), what: room.locked ? 'locked' : 'unlocked' };
      }
      if (room.mode !== before.room.mode) {
        return { by: userOf(by), what: room.mode === 'stage' ? 'staged' : 'opened' };
      }
      const step = stepOf(room.posture, before.room.posture, before.voice.mode);
      return step && { by: userOf(by), ...step };
    }
    case 'room:voice': {
      const { voice, by } = event.payload;
      if (voice.mode === before.voice.mode) return null;
      return { by: userOf(by), what: 'voice', voice: voice.mode };
    }
    case 'room:track-unpublished': {
      const { producerId, reason } = event.payload;
      const track = before.tracks.find((one) => one.producerId === producerId);
      const whom = userOf(track?.participantId);
      return whom && reason ? { by: null, what: reason, whom } : null;
    }
    case 'room:participant-joined':
    case 'room:track-published':
    case 'room:track-changed':
    case 'chat:message':
    case 'media:reset':
      return null;
  }
}

/** A wish of a moderator is told even if the room does so already; an own step of the room is. */
function stepOf(
  now: Posture | undefined,
  former: Posture | undefined,
  voicing: Voicing,
): StepTaken | null {
  if (!now || !former) return null;
  const { voice, joinMuted } = now.wishes;
  if (joinMuted !== former.wishes.joinMuted) return { what: 'join_muted', join: joinMuted };
  if (now.joinMuted !== former.joinMuted) {
    return { what: 'join_muted', join: now.joinMuted ? 'on' : 'off' };
  }
  // Otherwise `room:voice` follows, and tells it.
  const told = voice !== former.wishes.voice && (voice === 'auto' || voice === voicing);
  return told ? { what: 'voice', voice } : null;
}

type Change =
  'muted' | 'invited_to_speak' | 'sent_to_listeners' | 'made_moderator' | 'unmade_moderator';

function changeOf(now: Participant, former: Participant): Change | null {
  if (now.role !== former.role) {
    if (now.role === 'moderator') return 'made_moderator';
    if (now.role === 'listener') return 'sent_to_listeners';
    return former.role === 'moderator' ? 'unmade_moderator' : 'invited_to_speak';
  }
  if (now.mutedByModerator !== former.mutedByModerator) {
    return now.mutedByModerator ? 'muted' : 'invited_to_speak';
  }
  // Whoever might speak already was answered: the hand is down.
  return former.handRaisedAt !== null && now.handRaisedAt === null ? 'invited_to_speak' : null;
}
