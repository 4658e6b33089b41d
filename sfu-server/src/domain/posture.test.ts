import { describe, expect, it } from 'vitest';
import { voiceMode, type VoiceMode } from './posture.ts';

const options = { directMicrophones: 8, directPeople: 40, backMicrophones: 5, backPeople: 30 };

/** The mode after each size in turn. */
const through = (...sizes: readonly [microphones: number, people: number][]): VoiceMode[] => {
  let mode: VoiceMode = 'direct';
  return sizes.map(([microphones, people]) => {
    mode = voiceMode(mode, 'auto', { microphones, people }, options);
    return mode;
  });
};

describe('the voice of a room', () => {
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
