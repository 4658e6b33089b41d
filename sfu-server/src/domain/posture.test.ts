import { describe, expect, it } from 'vitest';
import { dismissStage, FIRST_STEPS, nextSteps, voiceMode } from './posture.ts';
import type { Steps, VoiceMode, Wishes } from './posture.ts';

const options = {
  directMicrophones: 8,
  directPeople: 40,
  backMicrophones: 5,
  backPeople: 30,
  joinMutedPeople: 50,
  backJoinMutedPeople: 40,
  stagePeople: 120,
  backStagePeople: 90,
};

/** The mode after each size in turn. */
const through = (...sizes: readonly [microphones: number, people: number][]): VoiceMode[] => {
  let mode: VoiceMode = 'direct';
  return sizes.map(([microphones, people]) => {
    mode = voiceMode(mode, 'auto', { microphones, people }, options);
    return mode;
  });
};

describe('the voice of a room', () => {
  it('does not go to and fro where the way back is set above the way there', () => {
    const odd = { ...options, directPeople: 3, backPeople: 30 };
    const size = { microphones: 0, people: 4 };
    expect(voiceMode('direct', 'auto', size, odd)).toBe('slots');
    expect(voiceMode('slots', 'auto', size, odd)).toBe('slots');
  });

  it('changes with microphones, and back at fewer of them', () => {
    expect(through([8, 20], [9, 20], [8, 20], [6, 20], [5, 20], [6, 20])).toEqual([
      'direct',
      'slots',
      'slots',
      'slots',
      'direct',
      'direct',
    ]);
  });

  it('changes with people, and back only when there are few of both', () => {
    expect(through([2, 40], [2, 41], [2, 31], [6, 30], [5, 30])).toEqual([
      'direct',
      'slots',
      'slots',
      'slots',
      'direct',
    ]);
  });

  it('is what a moderator wants, whatever the size', () => {
    const small = { microphones: 1, people: 2 };
    const large = { microphones: 100, people: 400 };
    expect(voiceMode('direct', 'slots', small, options)).toBe('slots');
    expect(voiceMode('slots', 'direct', large, options)).toBe('direct');
  });
});

/** The steps after each number of people in turn. */
const grown = (from: Steps, ...people: readonly number[]): Steps[] => {
  let steps = from;
  return people.map((count) => {
    steps = nextSteps(steps, 'open', count, options);
    return steps;
  });
};
const wishing = (wishes: Partial<Wishes>): Steps => ({
  ...FIRST_STEPS,
  wishes: { ...FIRST_STEPS.wishes, ...wishes },
});

describe('joining muted', () => {
  it('begins with many people, and ends with fewer than it began with', () => {
    const steps = grown(FIRST_STEPS, 50, 51, 41, 40, 50, 51);
    expect(steps.map(({ joinMuted }) => joinMuted)).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('is what a moderator wants, whatever the size, until it is left to the size again', () => {
    expect(grown(wishing({ joinMuted: 'on' }), 2)[0]?.joinMuted).toBe(true);
    const [never] = grown(wishing({ joinMuted: 'off' }), 300);
    expect(never?.joinMuted).toBe(false);
    expect(grown({ ...wishing({}), joinMuted: false }, 300)[0]?.joinMuted).toBe(true);
  });

  it('begins at one size where the way back lies above the way there', () => {
    const odd = { ...options, joinMutedPeople: 10, backJoinMutedPeople: 40 };
    const [large, small] = [11, 10].map((people) => nextSteps(FIRST_STEPS, 'open', people, odd));
    expect([large?.joinMuted, small?.joinMuted]).toEqual([true, false]);
    expect(large && nextSteps(large, 'open', 11, odd)).toBe(large);
  });
});

describe('a stage', () => {
  const stages = (...people: readonly number[]) =>
    grown(FIRST_STEPS, ...people).map(({ stage }) => stage);

  it('is suggested to a large room, and no more once it is smaller', () => {
    expect(stages(120, 121, 91, 90, 120)).toEqual([
      'small',
      'suggested',
      'suggested',
      'small',
      'small',
    ]);
  });

  it('is not suggested again after it was dismissed, until the room has been small', () => {
    const [suggested] = grown(FIRST_STEPS, 130);
    if (!suggested) throw new Error('no steps');
    const dismissed = dismissStage(suggested);
    const after = grown(dismissed, 400, 91, 90, 121).map(({ stage }) => stage);
    expect(after).toEqual(['answered', 'answered', 'small', 'suggested']);
    expect(dismissStage(dismissed)).toBe(dismissed);
  });

  it('that was opened is an answer, also when the room is opened to all again', () => {
    const [suggested] = grown(FIRST_STEPS, 130);
    if (!suggested) throw new Error('no steps');
    const staged = nextSteps(suggested, 'stage', 130, options);
    expect(staged.stage).toBe('answered');
    expect(nextSteps(staged, 'open', 130, options)).toBe(staged);
  });
});

it('steps that stay the same are the same object', () => {
  const [first, second] = grown(FIRST_STEPS, 60, 61);
  expect(second).toBe(first);
  expect(nextSteps(FIRST_STEPS, 'open', 2, options)).toBe(FIRST_STEPS);
});
