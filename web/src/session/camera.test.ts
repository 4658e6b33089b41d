import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { beforeEach, expect, it } from 'vitest';
import type { Cameras } from './api.ts';
import { Camera } from './camera.ts';
import { MicrophoneError } from './errors.ts';
import { silentLog } from './ports.ts';

class FakeCameras implements Cameras {
  readonly tracks: FakeMediaStreamTrack[] = [];
  readonly asked: (string | undefined)[] = [];
  problem: MicrophoneError | null = null;
  /** As phones do: a second one is refused while the first is open. */
  onlyOne = false;

  async open(deviceId?: string): Promise<MediaStreamTrack> {
    this.asked.push(deviceId);
    await Promise.resolve();
    if (this.problem) throw this.problem;
    const live = this.tracks.some(({ readyState }) => readyState === 'live');
    if (this.onlyOne && live) throw new MicrophoneError('in_use', '');
    const track = new FakeMediaStreamTrack({ kind: 'video' });
    this.tracks.push(track);
    return track;
  }

  get states() {
    return this.tracks.map(({ readyState }) => readyState);
  }
}

let cameras: FakeCameras;
let camera: Camera;

beforeEach(() => {
  cameras = new FakeCameras();
  camera = new Camera(cameras, silentLog);
});

it('is off until it is turned on, and free as soon as it is off', async () => {
  expect(camera.state.current).toEqual({ phase: 'off' });
  const on = camera.turnOn();
  expect(camera.state.current).toEqual({ phase: 'opening' });
  await on;
  expect(camera.state.current).toEqual({ phase: 'on' });
  expect(camera.track.current).toBe(cameras.tracks[0]);
  camera.turnOff();
  expect(camera.state.current).toEqual({ phase: 'off' });
  expect(camera.track.current).toBeNull();
  expect(cameras.states).toEqual(['ended']);
});

it('is not on when it was turned off while it was being opened', async () => {
  const on = camera.turnOn();
  camera.turnOff();
  await on;
  expect(camera.state.current).toEqual({ phase: 'off' });
  expect(cameras.states).toEqual(['ended']);
});

it('takes the last wish when asked twice', async () => {
  await Promise.all([camera.turnOn('front'), camera.turnOn('back')]);
  expect(cameras.states).toEqual(['ended', 'live']);
  expect(camera.track.current).toBe(cameras.tracks[1]);
});

it('says what is wrong and can be asked again', async () => {
  cameras.problem = new MicrophoneError('denied', '');
  await camera.turnOn();
  expect(camera.state.current).toEqual({ phase: 'failed', problem: 'denied' });
  cameras.problem = null;
  await camera.turnOn();
  expect(camera.state.current).toEqual({ phase: 'on' });
});

it('changes over to another device, also where only one can be open', async () => {
  await camera.turnOn();
  await camera.turnOn('back');
  expect(cameras.states).toEqual(['ended', 'live']);
  cameras.onlyOne = true;
  await camera.turnOn('front');
  expect(cameras.states).toEqual(['ended', 'ended', 'live']);
  expect(camera.state.current).toEqual({ phase: 'on' });
});

it('keeps the present device when the other one cannot be had', async () => {
  await camera.turnOn();
  cameras.problem = new MicrophoneError('none', '');
  await camera.turnOn('gone');
  expect(camera.state.current).toEqual({ phase: 'on' });
  expect(cameras.states).toEqual(['live']);
});

it('takes the chosen device again, until it is gone', async () => {
  await camera.turnOn('back');
  camera.turnOff();
  await camera.turnOn();
  cameras.tracks.at(-1)?.remoteStop();
  expect(camera.state.current).toEqual({ phase: 'failed', problem: 'none' });
  expect(camera.track.current).toBeNull();
  await camera.turnOn();
  expect(cameras.asked).toEqual(['back', 'back', undefined]);
});

it('stays off once it is closed', async () => {
  await camera.turnOn();
  camera.close();
  await camera.turnOn();
  expect(cameras.states).toEqual(['ended']);
  expect(camera.state.current).toEqual({ phase: 'off' });
});
