/** The browser's microphones. */
import type { MicrophoneProblem, Microphones } from '../session/api.ts';
import { MicrophoneError } from '../session/errors.ts';

export interface MicrophoneEnvironment {
  /** Undefined where the page has no right to ask at all. */
  readonly mediaDevices: Pick<MediaDevices, 'getUserMedia'> | undefined;
  readonly isSecureContext: boolean;
}

const PROBLEMS: Readonly<Record<string, MicrophoneProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
};

export class BrowserMicrophones implements Microphones {
  readonly #environment: () => MicrophoneEnvironment;

  constructor(environment: () => MicrophoneEnvironment = ofThisPage) {
    this.#environment = environment;
  }

  async open(deviceId?: string): Promise<MediaStreamTrack> {
    const { mediaDevices, isSecureContext } = this.#environment();
    if (!isSecureContext || !mediaDevices) {
      throw new MicrophoneError('insecure', 'microphones need https or localhost');
    }
    try {
      const stream = await mediaDevices.getUserMedia({ audio: constraints(deviceId) });
      const [track, ...others] = stream.getAudioTracks();
      for (const other of others) other.stop();
      if (!track) throw new MicrophoneError('none', 'no audio track');
      return track;
    } catch (error) {
      throw asMicrophoneError(error);
    }
  }
}

const ofThisPage = (): MicrophoneEnvironment => ({
  // Older than its type: missing on insecure pages.
  mediaDevices: 'mediaDevices' in navigator ? navigator.mediaDevices : undefined,
  isSecureContext,
});

const constraints = (deviceId: string | undefined): MediaTrackConstraints => ({
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
  ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
});

function asMicrophoneError(error: unknown): MicrophoneError {
  if (error instanceof MicrophoneError) return error;
  // DOMExceptions, and OverconstrainedError, which is none in some browsers.
  const { name, message } = error instanceof Error ? error : nameless(error);
  return new MicrophoneError(PROBLEMS[name] ?? 'failed', message);
}

function nameless(error: unknown): { name: string; message: string } {
  const name =
    typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  return { name, message: String(error) };
}
