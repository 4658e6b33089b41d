import { ParticipantId } from '@veche/protocol';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { beforeEach, expect, it } from 'vitest';
import type { Voice } from '../session/api.ts';
import { Observable } from '../session/observable.ts';
import type { DeviceLists } from './mediaDevices.ts';
import { Playback } from './playback.ts';
import type { MakeSounding, Sounding } from './sounding.ts';

class FakeSounding implements Sounding {
  volume = 1;
  plays = 0;
  removed = false;
  speaker = '';
  readonly stop: () => void;
  constructor(paused: () => void) {
    this.stop = paused;
  }
  setSpeaker(deviceId: string): Promise<void> {
    if (deviceId === 'gone') return Promise.reject(new Error('NotFoundError'));
    this.speaker = deviceId;
    return Promise.resolve();
  }
  play(): Promise<void> {
    if (refusal) return Promise.reject(Object.assign(new Error(refusal), { name: refusal }));
    this.plays += 1;
    return Promise.resolve();
  }
  remove(): void {
    this.removed = true;
  }
}

const ben = ParticipantId.parse('ben');
let refusal: string | null;
let now: number;
let plugged: Observable<Pick<DeviceLists, 'speakers'>>;
let made: FakeSounding[];
let playback: Playback;

const voice = (participantId: ParticipantId | null): Voice => ({
  participantId,
  producerId: `microphone-of-${participantId ?? 'all'}`,
  source: 'microphone',
  track: new FakeMediaStreamTrack({ kind: 'audio' }),
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  refusal = null;
  now = 0;
  plugged = new Observable({ speakers: [{ deviceId: 'desk', label: 'Desk' }] });
  made = [];
  const make: MakeSounding = (_, paused) => {
    const sounding = new FakeSounding(paused);
    made.push(sounding);
    return sounding;
  };
  playback = new Playback(plugged, make, () => now);
});

it('plays each voice once, as long as it is there', () => {
  const [first, second] = [voice(ben), voice(null)];
  playback.play([first]);
  playback.play([first, second]);
  expect(made.map(({ plays, removed }) => [plays, removed])).toEqual([
    [1, false],
    [1, false],
  ]);
  playback.play([second]);
  expect(made.map(({ removed }) => removed)).toEqual([true, false]);
  playback.close();
  expect(made.map(({ removed }) => removed)).toEqual([true, true]);
});

it('takes a new track of the same person for another voice', () => {
  playback.play([voice(ben)]);
  playback.play([voice(ben)]);
  expect(made.map(({ removed }) => removed)).toEqual([true, false]);
});

it('waits for a click where the browser wants one', async () => {
  refusal = 'NotAllowedError';
  let told = 0;
  playback.blocked.subscribe(() => (told += 1));
  playback.play([voice(ben), voice(null)]);
  await settled();
  expect(playback.blocked.current).toBe(true);
  expect(told).toBe(1);
  refusal = null;
  await playback.enable();
  expect(playback.blocked.current).toBe(false);
  expect(made.map(({ plays }) => plays)).toEqual([1, 1]);
});

it('is still blocked when the click did not help', async () => {
  refusal = 'NotAllowedError';
  playback.play([voice(ben)]);
  await playback.enable();
  expect(playback.blocked.current).toBe(true);
});

it('is not blocked by a voice that went away, nor by nobody', async () => {
  refusal = 'AbortError';
  playback.play([voice(ben)]);
  await settled();
  expect(playback.blocked.current).toBe(false);
  refusal = 'NotAllowedError';
  playback.play([voice(ben)]);
  await settled();
  expect(playback.blocked.current).toBe(true);
  playback.play([]);
  expect(playback.blocked.current).toBe(false);
});

it('goes on when something else stopped a voice, and asks when it does not let it', async () => {
  playback.play([voice(ben)]);
  await settled();
  for (now = 5000; now < 20_000; now += 5000) made[0]?.stop();
  await settled();
  expect(made[0]?.plays).toBe(4);
  expect(playback.blocked.current).toBe(false);
  refusal = 'NotAllowedError';
  made[0]?.stop();
  await settled();
  expect(playback.blocked.current).toBe(true);
});

it('asks when a voice is stopped again at once, instead of playing against it', async () => {
  playback.play([voice(ben)]);
  await settled();
  now = 5000;
  made[0]?.stop();
  now += 100;
  made[0]?.stop();
  await settled();
  expect(made[0]?.plays).toBe(2);
  expect(playback.blocked.current).toBe(true);
  await playback.enable();
  expect(playback.blocked.current).toBe(false);
  expect(made[0]?.plays).toBe(3);
});

it('plays each voice as loud as is wanted, now and later', () => {
  let owner = ben;
  playback.play([voice(ben), voice(null)]);
  const volumeOf = ({ participantId }: Voice) => ((participantId ?? owner) === ben ? 1.5 : 0.5);
  playback.setVolumes(volumeOf);
  expect(made.map(({ volume }) => volume)).toEqual([1.5, 1.5]);
  owner = ParticipantId.parse('ana');
  playback.setVolumes(volumeOf);
  expect(made.map(({ volume }) => volume)).toEqual([1.5, 0.5]);
  playback.play([voice(ben)]);
  expect(made.at(-1)?.volume).toBe(1.5);
});

it('plays by the chosen speaker, also what comes later', async () => {
  playback.play([voice(ben)]);
  await playback.setSpeaker('desk');
  playback.play([voice(ben), voice(null)]);
  expect(made.at(0)?.speaker).toBe('desk');
  expect(made.at(-1)?.speaker).toBe('desk');
  expect(playback.speaker.current).toBe('desk');
  await expect(playback.setSpeaker('gone')).rejects.toThrow();
  expect(playback.speaker.current).toBe('desk');
});

it('goes back to the system’s choice when the speaker is gone', async () => {
  await playback.setSpeaker('gone');
  playback.play([voice(ben)]);
  await settled();
  expect(playback.speaker.current).toBe('');
});

it('plays by the system’s choice once the speaker is unplugged', async () => {
  playback.play([voice(ben)]);
  await playback.setSpeaker('desk');
  plugged.set({ speakers: [{ deviceId: 'desk', label: 'Desk' }] });
  await settled();
  expect(made[0]?.speaker).toBe('desk');
  plugged.set({ speakers: [{ deviceId: 'wall', label: 'Wall' }] });
  await settled();
  expect(made[0]?.speaker).toBe('');
  expect(playback.speaker.current).toBe('');
});
