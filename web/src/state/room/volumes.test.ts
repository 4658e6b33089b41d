import { ParticipantId, UserId } from '@veche/protocol';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { beforeEach, expect, it, vi } from 'vitest';
import { Observable, type RoomSession, type Voice } from '../../session/index.ts';
import { participant, snapshotOf, StubRoom } from './testing.ts';
import { playAtVolumes, Volumes } from './volumes.ts';

const ana = UserId.parse('u-ana');
const bo = UserId.parse('u-bo');

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

it('keeps what was chosen on this device, within bounds', () => {
  const volumes = new Volumes();
  volumes.choose(ana, 0.5);
  volumes.choose(bo, 7);
  expect([new Volumes().of(ana), new Volumes().of(bo)]).toEqual([0.5, 2]);
  volumes.choose(ana, 1);
  volumes.choose(bo, 1);
  expect(localStorage.getItem('veche.volumes')).toBeNull();
});

it('does not trip over what somebody else has stored', () => {
  localStorage.setItem('veche.volumes', '[{"userId":"u-ana","volume":"loud"}]');
  expect(new Volumes().of(ana)).toBe(1);
  localStorage.setItem('veche.volumes', '{{');
  expect(new Volumes().of(ana)).toBe(1);
});

it('follows the owner of a slot', () => {
  const people = [participant('ana'), participant('bo')];
  const room = new StubRoom({ snapshot: snapshotOf(people) });
  const slot: Voice = {
    participantId: null,
    producerId: 'slot:0',
    source: 'microphone',
    track: new FakeMediaStreamTrack({ kind: 'audio' }),
  };
  const own: Voice = { ...slot, participantId: ParticipantId.parse('p-bo'), producerId: 'bo' };
  const volumes = new Volumes();
  volumes.choose(bo, 1.5);
  let heard: readonly number[] = [];
  const stop = playAtVolumes(
    { room: new Observable<RoomSession | null>(room) },
    volumes,
    (volumeOf) => (heard = [slot, own].map(volumeOf)),
  );
  expect(heard).toEqual([1, 1.5]);
  room.slotOwners.set(new Map([['slot:0', ParticipantId.parse('p-bo')]]));
  expect(heard).toEqual([1.5, 1.5]);
  room.slotOwners.set(new Map([['slot:0', ParticipantId.parse('p-ana')]]));
  volumes.choose(ana, 0.2);
  expect(heard).toEqual([0.2, 1.5]);
  stop();
});
