/** The browser's cameras. */
import type { Cameras } from '../session/api.ts';
import { capture, ofDevice, ofThisPage, type CaptureEnvironment } from './capture.ts';

export class BrowserCameras implements Cameras {
  readonly #environment: () => CaptureEnvironment;

  constructor(environment: () => CaptureEnvironment = ofThisPage) {
    this.#environment = environment;
  }

  open(deviceId?: string): Promise<MediaStreamTrack> {
    const video: MediaTrackConstraints = {
      // As much as 1.2 Mbit/s can carry well.
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      // Of a phone's cameras the one that looks at the person, unless another is asked for.
      ...(deviceId === undefined ? { facingMode: 'user' } : {}),
      ...ofDevice(deviceId),
    };
    return capture({ video }, this.#environment());
  }
}
