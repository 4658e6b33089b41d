/**
 * How microphones reach listeners, by the size of a room: each as a track of its own while it is
 * small, through a few slots when it has grown. There and back at different sizes, so that somebody
 * who comes and goes at the border changes nothing.
 */
import type { Voice } from '@veche/protocol';

export type VoiceMode = Voice['mode'];
/** What a moderator wants; `auto`: as the room's size asks for. */
export type VoiceWish = 'auto' | VoiceMode;

export interface PostureOptions {
  /** More microphones than this, muted ones included, make slots of it. */
  readonly directMicrophones: number;
  /** So do more people than this. */
  readonly directPeople: number;
  /** At most so many of both lead back. */
  readonly backMicrophones: number;
  readonly backPeople: number;
}

export interface RoomSize {
  readonly microphones: number;
  readonly people: number;
}

export const voiceMode = (
  current: VoiceMode,
  wish: VoiceWish,
  { microphones, people }: RoomSize,
  options: PostureOptions,
): VoiceMode => {
  if (wish !== 'auto') return wish;
  if (current === 'direct') {
    const grown = microphones > options.directMicrophones || people > options.directPeople;
    return grown ? 'slots' : 'direct';
  }
  const small = microphones <= options.backMicrophones && people <= options.backPeople;
  return small ? 'direct' : 'slots';
};
