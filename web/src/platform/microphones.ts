/** The browser's microphones. */
import type { Microphones } from '../session/api.ts';
import { capture, ofDevice, ofThisPage, type CaptureEnvironment } from './capture.ts';

export class BrowserMicrophones implements Microphones {
  readonly #environment: () => CaptureEnvironment;

  constructor(environment: () => CaptureEnvironment = ofThisPage) {
    this.#environment = environment;
  }

  open(deviceId?: string): Promise<MediaStreamTrack> {
    const audio: MediaTrackConstraints = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
      ...ofDevice(deviceId),
    };
    return capture({ audio }, this.#environment());
  }

  onReturn(back: () => void): () => void {
    const changed = (): void => {
      if (document.visibilityState === 'visible') back();
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      document.removeEventListener('visibilitychange', changed);
    };
  }
}
