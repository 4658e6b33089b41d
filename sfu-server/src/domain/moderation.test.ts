import { describe, expect, it } from 'vitest';
import * as moderation from './moderation.ts';
import * as trackRules from './trackRules.ts';
import { participant, roomWith, see, trackOf, userOf } from './testing.ts';

const owner = participant('owner');
const ana = participant('ana');

describe('a moderator', () => {
  it('mutes, and only the muted lifts it, in open mode', () => {
    const muted = moderation.muteOther(roomWith(['owner', 'ana']), ana, owner);
    expect(muted.notices[0]?.payload).toMatchObject({ by: owner });
    expect(see(muted.state, 'ana')).toMatchObject({ muted: true, mutedByModerator: true });
    const lifted = trackRules.setMuted(muted.state, ana, false).state;
    expect(see(lifted, 'ana')).toMatchObject({ muted: false, mutedByModerator: false });
  });

  it('mutes for good on a stage', () => {
    const roles = new Map([[userOf('ana').id, 'speaker' as const]]);
    const stage = roomWith(['owner', 'ana'], { mode: 'stage', roles });
    expect(see(trackRules.setMuted(stage, ana, false).state, 'ana').muted).toBe(false);
    const muted = moderation.muteOther(stage, ana, owner).state;
    expect(() => trackRules.setMuted(muted, ana, false)).toThrow('a moderator muted you');
  });

  it('removes and bans, but not the creator', () => {
    const state = roomWith(['owner', 'ana']);
    const banned = moderation.remove(state, ana, 99, owner, 50);
    expect(banned.notices.at(-1)?.payload).toMatchObject({ reason: 'banned', by: owner });
    expect(banned.state.record.bans.get(userOf('ana').id)).toBe(99);
    const removed = moderation.remove(state, ana, 0, owner, 50);
    expect(removed.notices.at(-1)?.payload).toMatchObject({ reason: 'removed' });
    expect(removed.state.record.bans.size).toBe(0);
    expect(() => moderation.remove(state, owner, 0, owner, 50)).toThrow('creator');
  });

  it('forgets bans that are over', () => {
    const state = roomWith(['owner', 'ana', 'ben']);
    const first = moderation.remove(state, ana, 99, owner, 50).state;
    const bansAt = (now: number) => [
      ...moderation.remove(first, participant('ben'), 200, owner, now).state.record.bans.keys(),
    ];
    expect(bansAt(98)).toEqual([userOf('ana').id, userOf('ben').id]);
    expect(bansAt(99)).toEqual([userOf('ben').id]);
  });

  it('gives roles that outlast the seat; a new listener is muted', () => {
    let state = trackRules.publish(roomWith(['owner', 'ana']), trackOf('ana')).state;
    state = trackRules.setMuted(state, ana, false).state;
    const set = moderation.setRole(state, ana, 'listener', owner);
    expect(see(set.state, 'ana')).toMatchObject({ role: 'listener', muted: true });
    expect([...set.state.tracks.values()][0]?.paused).toBe(true);
    expect(set.state.record.roles.get(userOf('ana').id)).toBe('listener');
    expect(() => moderation.setRole(state, owner, 'speaker', owner)).toThrow('creator');
  });

  it('lets somebody whom a moderator muted speak again by a role', () => {
    let state = roomWith(['owner', 'ana']);
    state = moderation.muteOther(state, ana, owner).state;
    state = moderation.setRole(state, ana, 'listener', owner).state;
    expect(see(state, 'ana').mutedByModerator).toBe(true);
    state = moderation.setRole(state, ana, 'speaker', owner).state;
    expect(see(state, 'ana')).toMatchObject({ muted: true, mutedByModerator: false });
    expect(see(trackRules.setMuted(state, ana, false).state, 'ana').muted).toBe(false);
  });

  it('lets the creator speak again, whom another moderator muted on a stage', () => {
    const stage = roomWith(['owner', 'ana'], { mode: 'stage' });
    const muted = moderation.muteOther(stage, owner, ana).state;
    expect(() => trackRules.setMuted(muted, owner, false)).toThrow('a moderator muted you');
    const lifted = moderation.setRole(muted, owner, 'moderator', ana).state;
    expect(see(trackRules.setMuted(lifted, owner, false).state, 'owner').muted).toBe(false);
  });

  it('turns the room into a stage and back, except for roles that were given', () => {
    let state = roomWith(['owner', 'ana', 'bo']);
    state = moderation.setRole(state, participant('bo'), 'speaker', owner).state;
    const stage = moderation.setMode(state, 'stage', owner).state;
    expect(['owner', 'ana', 'bo'].map((name) => see(stage, name).role)).toEqual([
      'moderator',
      'listener',
      'speaker',
    ]);
    const open = moderation.setMode(stage, 'open', owner).state;
    expect(see(open, 'ana').role).toBe('speaker');
    expect(moderation.setMode(open, 'open', owner).notices).toEqual([]);
  });

  it('lets those speak in the open whose floor was taken back on the stage, but no other listener', () => {
    let state = roomWith(['owner', 'ana', 'bo']);
    state = moderation.setRole(state, participant('bo'), 'listener', owner).state;
    state = moderation.setMode(state, 'stage', owner).state;
    state = moderation.setRole(state, ana, 'speaker', owner).state;
    for (const name of ['ana', 'bo']) {
      state = moderation.setRole(state, participant(name), 'listener', owner).state;
      expect(see(state, name).role).toBe('listener');
    }
    state = moderation.setMode(state, 'open', owner).state;
    expect(['ana', 'bo'].map((name) => see(state, name).role)).toEqual(['speaker', 'listener']);
    expect(see(trackRules.setMuted(state, ana, false).state, 'ana').muted).toBe(false);
  });

  it('is asked for', () => {
    const state = roomWith(['owner', 'ana']);
    expect(() => moderation.requireModerator(state, ana)).toThrow('only moderators');
    expect(() => moderation.requireModerator(state, owner)).not.toThrow();
  });
});
