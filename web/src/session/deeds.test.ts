import { Track } from '@veche/protocol';
import type { Participant, Posture } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { deedOf } from './deeds.ts';
import type { RoomEvent } from './roomState.ts';
import { person, room } from './testing/fakeRoom.ts';
import { change, snapshot as snapshotOf, track } from './testing/snapshots.ts';

const ana = person('ana', 1, { role: 'moderator' });
const bo = person('bo', 2);
const before = snapshotOf({ participants: [ana, bo] });
const at = { roomId: before.room.id, revision: before.revision + 1 };
const changed = (more: Partial<Participant>, by?: Participant): RoomEvent => ({
  name: 'room:participant-changed',
  payload: { ...at, participant: { ...bo, ...more }, ...(by ? { by: by.id } : {}) },
});

describe('a deed', () => {
  it.each([
    ['muted', { muted: true, mutedByModerator: true }],
    ['sent_to_listeners', { role: 'listener', muted: true }],
    ['made_moderator', { role: 'moderator' }],
  ] as const)('is told: %s', (what, change) => {
    expect(deedOf(changed(change, ana), before)).toEqual({ by: ana.user, what, whom: bo.user });
  });

  it('is told when a listener is let speak', () => {
    const listening = snapshotOf({ participants: [ana, { ...bo, role: 'listener' }] });
    expect(deedOf(changed({}, ana), listening)).toMatchObject({ what: 'invited_to_speak' });
  });

  it.each([{ mutedByModerator: true }, { handRaisedAt: 5 }])(
    'is told when a speaker is let speak who was %o',
    (was) => {
      const waiting = snapshotOf({ participants: [ana, { ...bo, ...was }] });
      expect(deedOf(changed({}, ana), waiting)).toMatchObject({ what: 'invited_to_speak' });
      // By oneself: to unmute, and to take the hand down.
      expect(deedOf(changed({}), waiting)).toBeNull();
    },
  );

  it('is told when somebody is a moderator no more', () => {
    const two = snapshotOf({ participants: [ana, { ...bo, role: 'moderator' }] });
    expect(deedOf(changed({}, ana), two)).toMatchObject({ what: 'unmade_moderator' });
  });

  it('is not what people do themselves', () => {
    expect(deedOf(changed({ muted: false }), before)).toBeNull();
    expect(deedOf(changed({ handRaisedAt: 1 }), before)).toBeNull();
    const left = { ...at, participantId: bo.id, reason: 'left' as const };
    expect(deedOf({ name: 'room:participant-left', payload: left }, before)).toBeNull();
  });

  it('is told of somebody who is gone, with the reason', () => {
    const payload = { ...at, participantId: bo.id, reason: 'banned' as const, by: ana.id };
    const told = deedOf({ name: 'room:participant-left', payload }, before);
    expect(told).toEqual({ by: ana.user, what: 'banned', whom: bo.user });
  });

  it('is told of somebody whose track the server stopped, and of no other end of a track', () => {
    const mine = Track.parse(track(bo.id));
    const publishing = snapshotOf({ participants: [ana, bo], tracks: [mine] });
    const gone = (more: { reason?: 'sent_too_much' } = {}) =>
      change('room:track-unpublished', at.revision, { producerId: mine.producerId, ...more });
    expect(deedOf(gone({ reason: 'sent_too_much' }), publishing)).toEqual({
      by: null,
      what: 'sent_too_much',
      whom: bo.user,
    });
    expect(deedOf(gone(), publishing)).toBeNull();
  });

  it('is told of the room', () => {
    const of = (more: Parameters<typeof room>[0]) =>
      deedOf({ name: 'room:changed', payload: { ...at, room: room(more), by: ana.id } }, before);
    expect(of({ locked: true })).toEqual({ by: ana.user, what: 'locked' });
    expect(of({ mode: 'stage' })).toEqual({ by: ana.user, what: 'staged' });
    expect(of({})).toBeNull();
  });

  it('is a moderator’s wish about a step, or the room’s own step', () => {
    const posture = (more: Partial<Posture> = {}): Posture => ({
      joinMuted: false,
      stageSuggested: false,
      wishes: { voice: 'auto', joinMuted: 'auto' },
      ...more,
    });
    const then = { ...before, room: room({ posture: posture() }) };
    const of = (now: Posture, by?: Participant) =>
      deedOf(
        {
          name: 'room:changed',
          payload: { ...at, room: room({ posture: now }), ...(by ? { by: by.id } : {}) },
        },
        then,
      );
    expect(of(posture({ joinMuted: true }))).toEqual({ by: null, what: 'join_muted', join: 'on' });
    const never = posture({ wishes: { voice: 'auto', joinMuted: 'off' } });
    expect(of(never, ana)).toEqual({ by: ana.user, what: 'join_muted', join: 'off' });
    // The room does so already, and is to go on with it.
    const direct = posture({ wishes: { voice: 'direct', joinMuted: 'auto' } });
    expect(of(direct, ana)).toEqual({ by: ana.user, what: 'voice', voice: 'direct' });
    // `room:voice` comes next and tells it.
    expect(of(posture({ wishes: { voice: 'slots', joinMuted: 'auto' } }), ana)).toBeNull();
    // For moderators, who are asked.
    expect(of(posture({ stageSuggested: true }))).toBeNull();
  });

  it('may be the room’s own', () => {
    const voice = { mode: 'slots' as const, slots: [] };
    const told = deedOf({ name: 'room:voice', payload: { ...at, voice } }, before);
    expect(told).toEqual({ by: null, what: 'voice', voice: 'slots' });
  });
});
