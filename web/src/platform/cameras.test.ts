import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { expect, it, vi } from 'vitest';
import { BrowserCameras } from './cameras.ts';

const getUserMedia = vi.fn<MediaDevices['getUserMedia']>();
const cameras = new BrowserCameras(() => ({
  mediaDevices: { getUserMedia },
  isSecureContext: true,
}));

const stream = (...tracks: MediaStreamTrack[]) =>
  ({ getTracks: () => tracks }) as unknown as MediaStream;
const asked = () => getUserMedia.mock.lastCall?.[0];

it('asks for a picture of the person, and for no sound', async () => {
  const track = new FakeMediaStreamTrack({ kind: 'video' });
  getUserMedia.mockResolvedValueOnce(stream(track));
  await expect(cameras.open()).resolves.toBe(track);
  expect(asked()).toEqual({
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      facingMode: 'user',
    },
  });
});

it('asks for exactly the camera that was chosen, whichever way it looks', async () => {
  getUserMedia.mockResolvedValueOnce(stream(new FakeMediaStreamTrack({ kind: 'video' })));
  await cameras.open('back');
  expect(asked()?.video).toMatchObject({ deviceId: { exact: 'back' } });
  expect(asked()?.video).not.toHaveProperty('facingMode');
});

it('says why there is none', async () => {
  getUserMedia.mockRejectedValueOnce(Object.assign(new Error(), { name: 'NotAllowedError' }));
  await expect(cameras.open()).rejects.toMatchObject({ problem: 'denied' });
  const insecure = new BrowserCameras(() => ({ mediaDevices: undefined, isSecureContext: false }));
  await expect(insecure.open()).rejects.toMatchObject({ problem: 'insecure' });
});
