import type { ProducerId, Snapshot } from '@veche/protocol';
import { ProducerId as ProducerIdSchema, Track } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { difference, wish } from './subscriptions.ts';
import { ME } from './testing/fakeRoom.ts';
import { snapshot, track } from './testing/snapshots.ts';

const id = (text: string): ProducerId => ProducerIdSchema.parse(text);
const tracks = (...all: object[]): Snapshot['tracks'] => all.map((one) => Track.parse(one));
const wantedIds = (state: Snapshot) => [...wish(state).wanted.keys()];

const everything = tracks(
  track(ME),
  track('ben'),
  track('cleo', { paused: true }),
  track('cleo', { producerId: 'screen-sound', source: 'screen_audio' }),
  track('cleo', { producerId: 'screen', source: 'screen', kind: 'video' }),
);

describe('what is wanted', () => {
  it('is the sound of the others, paused or not', () => {
    expect(wantedIds(snapshot({ tracks: everything }))).toEqual([
      'microphone-of-ben',
      'microphone-of-cleo',
      'screen-sound',
    ]);
  });

  it('is the slots instead of the microphones, and nobody’s', () => {
    const state = snapshot({
      tracks: everything,
      voice: { mode: 'slots', slots: [id('slot:0'), id('slot:1')] },
    });
    expect(wantedIds(state)).toEqual(['slot:0', 'slot:1', 'screen-sound']);
    expect(wish(state).wanted.get(id('slot:0'))?.participantId).toBeNull();
  });
});

describe('the difference', () => {
  const state = snapshot({ tracks: everything });

  it('is all at first and nothing at last', () => {
    const all = wish(state);
    expect(difference(all, new Map()).create).toHaveLength(3);
    const have = new Map([...all.wanted.keys()].map((key) => [key, 'flowing' as const]));
    expect(difference(all, have)).toEqual({ create: [], resume: [], drop: [], close: [] });
  });

  it('resumes what was only made', () => {
    const have = new Map([[id('microphone-of-ben'), 'paused' as const]]);
    expect(difference(wish(state), have)).toMatchObject({
      create: ['microphone-of-cleo', 'screen-sound'],
      resume: ['microphone-of-ben'],
    });
  });

  it('drops what is gone at once', () => {
    const have = new Map([[id('microphone-of-dan'), 'flowing' as const]]);
    expect(difference(wish(state), have)).toMatchObject({ drop: ['microphone-of-dan'], close: [] });
  });

  it('closes microphones only after the slots that replace them', () => {
    const slots = snapshot({ tracks: everything, voice: { mode: 'slots', slots: [id('slot:0')] } });
    const have = new Map([[id('microphone-of-ben'), 'flowing' as const]]);
    expect(difference(wish(slots), have)).toEqual({
      create: ['slot:0', 'screen-sound'],
      resume: [],
      drop: [],
      close: ['microphone-of-ben'],
    });
  });
});
