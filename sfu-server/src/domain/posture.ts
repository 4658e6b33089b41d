/**
 * What a room does by itself as it grows. First its voice: each microphone is a track of its own
 * while the room is small, and reaches listeners through a few slots when it has grown. Then whoever
 * comes in stays muted. Then moderators are offered a stage. There and back at different sizes, so
 * that somebody who comes and goes at the border changes nothing.
 */
import type { JoinMutedWish, Posture, RoomMode, Voice, VoiceWish } from '@veche/protocol';

export type VoiceMode = Voice['mode'];

export interface PostureOptions {
  /** More microphones than this, muted ones included, make slots of it. */
  readonly directMicrophones: number;
  /** So do more people than this. */
  readonly directPeople: number;
  /** At most so many of both lead back. */
  readonly backMicrophones: number;
  readonly backPeople: number;
  /** With more people than this newcomers stay muted, until there are at most so many again. */
  readonly joinMutedPeople: number;
  readonly backJoinMutedPeople: number;
  /** With more people than this a stage is suggested; at most so many take that back. */
  readonly stagePeople: number;
  readonly backStagePeople: number;
}

export interface RoomSize {
  readonly microphones: number;
  readonly people: number;
}

/** What moderators want; `auto`: as the room's size asks for. */
export interface Wishes {
  readonly voice: VoiceWish;
  readonly joinMuted: JoinMutedWish;
}

/** The steps besides the voice, as far as they are taken. */
export interface Steps {
  readonly joinMuted: boolean;
  /** `answered`: a moderator wanted it or did not; asked again once the room was small. */
  readonly stage: 'small' | 'suggested' | 'answered';
  readonly wishes: Wishes;
}

export const FIRST_STEPS: Steps = {
  joinMuted: false,
  stage: 'small',
  wishes: { voice: 'auto', joinMuted: 'auto' },
};

export const voiceMode = (
  current: VoiceMode,
  wish: VoiceWish,
  { microphones, people }: RoomSize,
  options: PostureOptions,
): VoiceMode => {
  if (wish !== 'auto') return wish;
  // Looked at first, so that no choice of sizes leads to and fro without end.
  if (microphones > options.directMicrophones || people > options.directPeople) return 'slots';
  if (current === 'direct') return 'direct';
  const small = microphones <= options.backMicrophones && people <= options.backPeople;
  return small ? 'direct' : 'slots';
};

/** The very same object where nothing changes. */
export const nextSteps = (
  current: Steps,
  mode: RoomMode,
  people: number,
  options: PostureOptions,
): Steps => {
  const { joinMuted: wish } = current.wishes;
  const { joinMutedPeople, backJoinMutedPeople, stagePeople, backStagePeople } = options;
  const joinMuted =
    wish === 'auto'
      ? isLarge(current.joinMuted, people, joinMutedPeople, backJoinMutedPeople)
      : wish === 'on';
  const staged = isLarge(current.stage !== 'small', people, stagePeople, backStagePeople)
    ? stageOf(current, mode)
    : 'small';
  const same = joinMuted === current.joinMuted && staged === current.stage;
  return same ? current : { ...current, joinMuted, stage: staged };
};

/** A moderator does not want the stage. */
export const dismissStage = (current: Steps): Steps =>
  current.stage === 'suggested' ? { ...current, stage: 'answered' } : current;

/** As the wire shows it. */
export const describePosture = ({ joinMuted, stage, wishes }: Steps): Posture => ({
  joinMuted,
  stageSuggested: stage === 'suggested',
  wishes,
});

const isLarge = (was: boolean, people: number, above: number, back: number): boolean =>
  people > (was ? Math.min(back, above) : above);

/** A room that is on stage has its answer, also for when it is opened again. */
const stageOf = ({ stage }: Steps, mode: RoomMode): Steps['stage'] =>
  mode === 'stage' || stage === 'answered' ? 'answered' : 'suggested';
