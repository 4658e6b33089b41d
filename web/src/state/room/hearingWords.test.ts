import { ProducerId } from '@veche/protocol';
import type { JoinMutedWish, Participant, Posture, Snapshot } from '@veche/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { startLanguage } from '../../i18n/i18n.ts';
import { entryWords, voiceWords } from './hearingWords.ts';
import { participant, snapshotOf } from './testing.ts';

beforeAll(startLanguage);

const me = participant('me');
const small = snapshotOf([me]);
const slots = (count: number): Snapshot['voice'] => ({
  mode: 'slots',
  slots: Array.from({ length: count }, (_, index) => ProducerId.parse(`slot:${index}`)),
});

describe('who is heard', () => {
  it('is everyone, or those who were let speak, or as many as there are slots', () => {
    expect(voiceWords(small)).toBe('Everyone is heard directly');
    const stage = { ...small, room: { ...small.room, mode: 'stage' as const } };
    expect(voiceWords(stage)).toBe('Stage: those who were let speak are heard');
    expect(voiceWords({ ...stage, voice: slots(4) })).toBe('Large room: up to 4 heard at once');
    expect(voiceWords({ ...small, voice: slots(1) })).toBe('Large room: one heard at a time');
  });
});

describe('whoever comes in muted', () => {
  const postured = (joinMuted: boolean, wish: JoinMutedWish = 'auto'): Snapshot => {
    const posture: Posture = {
      joinMuted,
      stageSuggested: false,
      wishes: { voice: 'auto', joinMuted: wish },
    };
    return { ...small, room: { ...small.room, posture } };
  };
  const reads = (snapshot: Snapshot, self: Participant = me, muted = true) =>
    entryWords({ muted, self, snapshot });

  it('reads why, where it is for the size of the room or for a moderator’s wish', () => {
    const large = 'This is a large room (1 person): you joined muted.';
    expect(reads(postured(true))).toBe(large);
    expect(reads({ ...small, voice: slots(4) })).toBe(large);
    expect(reads(postured(true, 'on'))).toBe(
      'Newcomers join muted here. Unmute when you want to speak.',
    );
  });

  it('reads nothing of it as one’s own choice, as a listener, or when one is heard', () => {
    expect(reads(small)).toBeNull();
    expect(reads(postured(true), participant('me', { role: 'listener' }))).toBeNull();
    expect(reads(postured(true), me, false)).toBeNull();
  });
});
