import { UserId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { obstacleOf, powersOver, roleToSpeak } from './powers.ts';
import { participant } from './testing.ts';

const room = { createdBy: UserId.parse('u-ana'), mode: 'open' } as const;
const stage = { ...room, mode: 'stage' } as const;

describe('a moderator', () => {
  it('may do this to somebody who speaks', () => {
    expect(powersOver(participant('bo', { muted: false }), room)).toEqual([
      'mute',
      'sendToListeners',
      'makeModerator',
      'remove',
    ]);
  });

  it('lets a listener speak, and whoever raised a hand or was muted on a stage', () => {
    const may = ['letSpeak', 'makeModerator', 'remove'];
    expect(powersOver(participant('bo', { role: 'listener' }), stage)).toEqual(may);
    expect(powersOver(participant('bo', { handRaisedAt: 5 }), room)).toContain('letSpeak');
    const muted = participant('bo', { mutedByModerator: true });
    expect(powersOver(muted, stage)).toContain('letSpeak');
    expect(powersOver(muted, room)).not.toContain('letSpeak');
  });

  it('neither removes nor demotes whoever created the room', () => {
    const ana = participant('ana', { role: 'moderator', muted: false });
    expect(powersOver(ana, stage)).toEqual(['mute']);
  });

  it('lets moderators speak whom another one muted on a stage, the creator as well', () => {
    const muted = { role: 'moderator', mutedByModerator: true } as const;
    expect(powersOver(participant('ana', muted), stage)).toEqual(['letSpeak']);
    expect(powersOver(participant('bo', muted), stage)).toContain('letSpeak');
    expect(roleToSpeak(muted)).toBe('moderator');
    expect(roleToSpeak({ role: 'listener' })).toBe('speaker');
  });

  it('takes the role back from whom it was given, not from the creator', () => {
    const powers = powersOver(participant('bo', { role: 'moderator' }), room);
    expect(powers).toEqual(['sendToListeners', 'unmakeModerator', 'remove']);
  });
});

it('says what keeps somebody from unmuting', () => {
  expect(obstacleOf(participant('bo', { role: 'listener' }), room)).toBe('listener');
  const muted = participant('bo', { mutedByModerator: true });
  expect(obstacleOf(muted, stage)).toBe('mutedOnStage');
  expect(obstacleOf(muted, room)).toBeNull();
  expect(obstacleOf(null, stage)).toBeNull();
});
