import { describe, expect, it } from 'vitest';
import { muteOther, setRole } from './moderation.ts';
import type { RoomState } from './room.ts';
import { leave } from './roomRules.ts';
import { code, enter, names, participant, roomWith, see, trackOf, userOf } from './testing.ts';
import * as trackRules from './trackRules.ts';

describe('mute', () => {
  it('is told even when nothing changes, and moves the microphone’s track', () => {
    const state = trackRules.publish(roomWith(['ana']), trackOf('ana')).state;
    expect(names(trackRules.setMuted(state, participant('ana'), true))).toEqual([
      'room:participant-changed',
    ]);
    const open = trackRules.setMuted(state, participant('ana'), false);
    expect(names(open)).toEqual(['room:participant-changed', 'room:track-changed']);
    expect([...open.state.tracks.values()][0]?.paused).toBe(false);
  });

  it('of a moderator is not lifted by leaving and coming back', () => {
    const ana = participant('ana');
    const roles = new Map([[userOf('ana').id, 'speaker' as const]]);
    let state = roomWith(['owner', 'ana'], { mode: 'stage', roles });
    state = muteOther(state, ana, participant('owner')).state;
    for (const reason of ['left', 'connection_lost'] as const) {
      state = enter(leave(state, ana, reason).state, 'ana').state;
      expect(see(state, 'ana').mutedByModerator).toBe(true);
      expect(code(() => trackRules.setMuted(state, ana, false))).toBe('FORBIDDEN');
    }
    state = setRole(state, ana, 'speaker', participant('owner')).state;
    state = enter(leave(state, ana, 'left').state, 'ana').state;
    expect(see(trackRules.setMuted(state, ana, false).state, 'ana').muted).toBe(false);
  });

  it('cannot be lifted by a listener', () => {
    const state = roomWith(['ana'], { mode: 'stage' });
    expect(code(() => trackRules.setMuted(state, participant('ana'), false))).toBe('FORBIDDEN');
    expect(code(() => trackRules.setMuted(state, participant('ana'), true))).toBe('allowed');
  });
});

describe('hold', () => {
  const ana = participant('ana');
  const camera = trackOf('ana', 'camera', false);
  const screen = trackOf('ana', 'screen', false);
  const paused = ({ tracks }: RoomState): boolean[] =>
    [...tracks.values()].map((track) => track.paused);

  it('stays whatever mute says', () => {
    let state = trackRules.publish(roomWith(['ana']), trackOf('ana')).state;
    state = trackRules.setHold(state, ana, true).state;
    state = trackRules.setMuted(state, ana, false).state;
    expect(paused(state)).toEqual([true]);
    state = trackRules.setHold(state, ana, false).state;
    expect(paused(state)).toEqual([false]);
  });

  it('pauses pictures too, and gives back those that their owner had not paused', () => {
    let state = roomWith(['ana']);
    for (const track of [camera, screen]) state = trackRules.publish(state, track).state;
    state = trackRules.setTrackPaused(state, camera.producerId, true).state;
    const held = trackRules.setHold(state, ana, true);
    expect(names(held)).toEqual(['room:participant-changed', 'room:track-changed']);
    expect(paused(held.state)).toEqual([true, true]);
    expect(paused(trackRules.setHold(held.state, ana, false).state)).toEqual([true, false]);
  });

  it('outlasts what their owner wants of them meanwhile, which holds afterwards', () => {
    let state = roomWith(['ana']);
    for (const track of [camera, screen]) state = trackRules.publish(state, track).state;
    state = trackRules.setTrackPaused(state, camera.producerId, true).state;
    state = trackRules.setHold(state, ana, true).state;
    const resumed = trackRules.setTrackPaused(state, camera.producerId, false);
    expect(resumed.notices).toEqual([]);
    state = trackRules.setTrackPaused(resumed.state, screen.producerId, true).state;
    expect(paused(state)).toEqual([true, true]);
    expect(paused(trackRules.setHold(state, ana, false).state)).toEqual([false, true]);
  });

  it('forgets what was wanted of a picture with the picture', () => {
    let state = trackRules.publish(roomWith(['ana']), camera).state;
    state = trackRules.setTrackPaused(state, camera.producerId, true).state;
    expect(trackRules.unpublish(state, camera.producerId).state.pausedByOwner.size).toBe(0);
    expect(leave(state, ana, 'left').state.pausedByOwner.size).toBe(0);
  });
});
