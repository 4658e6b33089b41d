/** What a moderator may do to somebody. The server has the last word. */
import type { Participant, Role, Room } from '@veche/protocol';

export type Power =
  'mute' | 'letSpeak' | 'sendToListeners' | 'makeModerator' | 'unmakeModerator' | 'remove';

/** In the order of the menu; nothing that would change nothing, or that is refused for certain. */
export function powersOver(
  { user, role, muted, mutedByModerator, handRaisedAt }: Participant,
  { createdBy, mode }: Pick<Room, 'createdBy' | 'mode'>,
): readonly Power[] {
  const creator = user.id === createdBy;
  const silenced = role === 'listener' || (mode === 'stage' && mutedByModerator);
  const allowed: Record<Power, boolean> = {
    mute: !muted,
    letSpeak: silenced || handRaisedAt !== null,
    sendToListeners: !creator && role !== 'listener',
    makeModerator: role !== 'moderator',
    unmakeModerator: !creator && role === 'moderator',
    remove: !creator,
  };
  const powers: readonly Power[] = [
    'mute',
    'letSpeak',
    'sendToListeners',
    'makeModerator',
    'unmakeModerator',
    'remove',
  ];
  return powers.filter((power) => allowed[power]);
}

/** The role with which somebody may speak: it lifts a mute and takes a hand down, and nothing else. */
export const roleToSpeak = ({ role }: Pick<Participant, 'role'>): Role =>
  role === 'moderator' ? role : 'speaker';

/** What keeps somebody from unmuting; null: nothing does. */
export type Obstacle = 'listener' | 'mutedOnStage' | null;

export function obstacleOf(
  self: Pick<Participant, 'role' | 'mutedByModerator'> | null,
  room: Pick<Room, 'mode'>,
): Obstacle {
  if (self?.role === 'listener') return 'listener';
  return self?.mutedByModerator && room.mode === 'stage' ? 'mutedOnStage' : null;
}
