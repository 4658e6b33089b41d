import { MessageId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { emptyRoom } from './room.ts';
import * as rules from './roomRules.ts';
import { publish } from './trackRules.ts';
import {
  code,
  enter,
  names,
  participant,
  record,
  roomWith,
  see,
  trackOf,
  userOf,
} from './testing.ts';

describe('join', () => {
  it('gives numbers that are never used again, everyone muted', () => {
    const two = roomWith(['owner', 'ana']);
    const left = rules.leave(two, participant('ana'), 'left').state;
    const { state } = enter(left, 'bo');
    expect(see(state, 'bo')).toMatchObject({
      number: 3,
      muted: true,
      role: 'speaker',
      away: false,
    });
    expect(see(state, 'owner').role).toBe('moderator');
  });

  it('by the same device is the same seat, without a word unless it was away', () => {
    const state = roomWith(['ana']);
    expect(enter(state, 'ana')).toMatchObject({ participantId: participant('ana'), notices: [] });
    const away = rules.setAway(state, participant('ana'), true).state;
    const back = enter(away, 'ana');
    expect(names(back)).toEqual(['room:participant-changed']);
    expect(see(back.state, 'ana').away).toBe(false);
  });

  it('by another device of the same user moves the seat, with its role, hand and silence', () => {
    let state = roomWith(['owner', 'ana']);
    state = rules.setHand(state, participant('ana'), true, 7).state;
    state = publish(state, trackOf('ana')).state;
    const moved = enter(state, 'ana', 'phone');
    expect(names(moved)).toEqual([
      'room:track-unpublished',
      'room:participant-left',
      'room:participant-joined',
    ]);
    expect(moved.displaced?.participant.id).toBe(participant('ana'));
    expect(moved.state.seats.size).toBe(2);
    expect(see(moved.state, 'phone')).toMatchObject({ handRaisedAt: 7, muted: true, number: 3 });
  });

  it('is refused to the banned, when locked, and when full, but not to those inside', () => {
    const ban = { bans: new Map([[userOf('ana').id, 100]]) };
    expect(code(() => enter(emptyRoom(record(ban)), 'ana', 'ana', 99))).toBe('FORBIDDEN');
    expect(code(() => enter(emptyRoom(record(ban)), 'ana', 'ana', 100))).toBe('allowed');
    const locked = { ...roomWith(['ana']), record: record({ locked: true }) };
    expect(code(() => enter(locked, 'bo'))).toBe('ROOM_LOCKED');
    expect(code(() => enter(locked, 'owner'))).toBe('allowed');
    expect(code(() => enter(locked, 'ana', 'phone'))).toBe('allowed');
    const full = roomWith(['ana', 'bo'], { maxParticipants: 2 });
    expect(code(() => enter(full, 'cyd'))).toBe('ROOM_FULL');
    expect(code(() => enter(full, 'ana', 'phone'))).toBe('allowed');
  });

  it('on a stage is as a listener, unless a role was given', () => {
    const roles = new Map([[userOf('ana').id, 'speaker' as const]]);
    const state = roomWith(['owner', 'ana', 'bo'], { mode: 'stage', roles });
    expect(['owner', 'ana', 'bo'].map((name) => see(state, name).role)).toEqual([
      'moderator',
      'speaker',
      'listener',
    ]);
  });
});

describe('revisions', () => {
  it('grow by one with every notice and with nothing else', () => {
    const state = roomWith(['ana', 'bo']);
    const published = publish(state, trackOf('ana')).state;
    const left = rules.leave(published, participant('ana'), 'left');
    expect(left.notices.map(({ payload }) => payload.revision)).toEqual([
      published.revision + 1,
      published.revision + 2,
    ]);
    expect(left.state.revision).toBe(published.revision + 2);
    expect(rules.setAway(state, participant('ana'), false).notices).toEqual([]);
  });
});

it('hands keep the order in which they were raised, whatever the clock does', () => {
  let state = roomWith(['ana', 'bo', 'cyd']);
  for (const [name, now] of [
    ['cyd', 5000],
    ['ana', 5000],
    ['bo', 4000],
  ] as const) {
    state = rules.setHand(state, participant(name), true, now).state;
  }
  const raised = ['cyd', 'ana', 'bo'].map((name) => see(state, name).handRaisedAt ?? 0);
  expect(raised).toEqual([5000, 5001, 5002]);
});

it('chat keeps what a snapshot shows', () => {
  let state = roomWith(['ana']);
  for (let i = 0; i < 60; i++) {
    const id = MessageId.parse(`m${i}`);
    state = rules.say(state, participant('ana'), `${i}`, id, i).state;
  }
  expect(state.chat).toHaveLength(50);
  expect(state.chat[0]?.text).toBe('10');
});
