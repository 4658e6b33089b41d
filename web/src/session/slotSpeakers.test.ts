import { describe, expect, it } from 'vitest';
import { allSpeakers, audible, ownersOf } from './slotSpeakers.ts';
import { person } from './testing/fakeRoom.ts';
import { snapshot } from './testing/snapshots.ts';
import { Track } from '@veche/protocol';

const ana = person('ana', 7);
const bo = person('bo', 9);
const speaks = (number: number, level = -20) => ({ number, level, speaks: true });
const voices = new Map([
  ['slot:0', speaks(9)],
  ['slot:1', { ...speaks(7), speaks: false }],
  ['slot:2', speaks(1000)],
]);

describe('the people in the slots', () => {
  it('are found by their numbers', () => {
    const owners = ownersOf(voices, [ana, bo]);
    expect([...owners]).toEqual([
      ['slot:0', bo.id],
      ['slot:1', ana.id],
    ]);
  });

  it('speak besides those whom the server names', () => {
    const cyd = person('cyd', 3);
    const owners = ownersOf(voices, [ana, bo]);
    const named = new Map([[cyd.id, -40]]);
    expect([...allSpeakers(named, voices, owners)]).toEqual([
      [cyd.id, -40],
      [bo.id, -20],
    ]);
    expect(allSpeakers(named, new Map(), new Map())).toBe(named);
  });
});

describe('who can be heard in slots', () => {
  it('is everyone else with an open microphone', () => {
    const track = (id: string, more: object = {}) =>
      Track.parse({
        producerId: `of-${id}`,
        participantId: id,
        kind: 'audio',
        source: 'microphone',
        paused: false,
        ...more,
      });
    const room = snapshot();
    const tracks = [track('ana'), track('bo', { paused: true }), track(room.self)];
    expect([...audible({ ...room, tracks })]).toEqual(['ana']);
  });
});
