/** How one is heard in a room, in plain words. */
import type { Snapshot } from '@veche/protocol';
import { t } from '../../i18n/i18n.ts';
import type { RoomView } from '../../session/index.ts';

/** Who is heard here. */
export function voiceWords({ voice, room }: Pick<Snapshot, 'voice' | 'room'>): string {
  if (voice.mode === 'slots') return t('room.voiceSlots', { count: voice.slots.length });
  return room.mode === 'stage' ? t('room.voiceStage') : t('room.voiceDirect');
}

/** Why one came in muted, where that is not one's own choice alone; null: nothing to say. */
export function entryWords({
  muted,
  self,
  snapshot,
}: Pick<RoomView, 'muted' | 'self' | 'snapshot'>): string | null {
  // A listener reads something else: it is not by size that they do not speak.
  if (!muted || !snapshot || self?.role === 'listener') return null;
  const { voice, room, participants } = snapshot;
  if (room.posture?.wishes.joinMuted === 'on') return t('room.newcomersMuted');
  const large = room.posture?.joinMuted === true || voice.mode === 'slots';
  return large ? t('room.large', { count: participants.length }) : null;
}
