import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { expect, it, vi } from 'vitest';
import { BrowserMicrophones } from './microphones.ts';

const getUserMedia = vi.fn<MediaDevices['getUserMedia']>();
const microphones = new BrowserMicrophones(() => ({
  mediaDevices: { getUserMedia },
  isSecureContext: true,
}));

const stream = (...tracks: MediaStreamTrack[]) =>
  ({ getTracks: () => tracks }) as unknown as MediaStream;
const failing = (name: string) => Object.assign(new Error(name), { name });

it('asks for one channel of cleaned sound', async () => {
  const track = new FakeMediaStreamTrack({ kind: 'audio' });
  getUserMedia.mockResolvedValueOnce(stream(track));
  await expect(microphones.open()).resolves.toBe(track);
  expect(getUserMedia).toHaveBeenLastCalledWith({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
    },
  });
});

it('asks for exactly the device that was chosen', async () => {
  getUserMedia.mockResolvedValueOnce(stream(new FakeMediaStreamTrack({ kind: 'audio' })));
  await microphones.open('usb');
  expect(getUserMedia.mock.lastCall?.[0]?.audio).toMatchObject({ deviceId: { exact: 'usb' } });
});

it('asks for any where the choice is the system’s', async () => {
  getUserMedia.mockResolvedValueOnce(stream(new FakeMediaStreamTrack({ kind: 'audio' })));
  await microphones.open('');
  expect(getUserMedia.mock.lastCall?.[0]?.audio).not.toHaveProperty('deviceId');
});

it.each([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'none'],
  ['NotReadableError', 'in_use'],
  ['AbortError', 'in_use'],
  ['TypeError', 'failed'],
])('says of %s that it is %s', async (name, problem) => {
  getUserMedia.mockRejectedValueOnce(failing(name));
  await expect(microphones.open()).rejects.toMatchObject({ name: 'MicrophoneError', problem });
  // Not an Error everywhere.
  getUserMedia.mockRejectedValueOnce({ name });
  await expect(microphones.open()).rejects.toMatchObject({ problem });
});

it('has none in an empty stream', async () => {
  getUserMedia.mockResolvedValueOnce(stream());
  await expect(microphones.open()).rejects.toMatchObject({ problem: 'none' });
});

it.each([
  { mediaDevices: undefined, isSecureContext: true },
  { mediaDevices: { getUserMedia }, isSecureContext: false },
])('is insecure where the browser does not offer any', async (environment) => {
  await expect(new BrowserMicrophones(() => environment).open()).rejects.toMatchObject({
    problem: 'insecure',
  });
});

it('tells that somebody comes back to the page, until nobody listens', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  const back = vi.fn();
  const stop = microphones.onReturn(back);
  const become = (visibilityState: string) => {
    Object.assign(page, { visibilityState }).dispatchEvent(new Event('visibilitychange'));
  };
  become('hidden');
  expect(back).not.toHaveBeenCalled();
  become('visible');
  expect(back).toHaveBeenCalledTimes(1);
  stop();
  become('visible');
  expect(back).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});
