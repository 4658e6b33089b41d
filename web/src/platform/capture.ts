/** Asks the browser for a microphone or a camera, and says in one word why there is none. */
import type { MicrophoneProblem } from '../session/api.ts';
import { MicrophoneError } from '../session/errors.ts';

export interface CaptureEnvironment {
  /** Undefined where the page has no right to ask at all. */
  readonly mediaDevices: Pick<MediaDevices, 'getUserMedia'> | undefined;
  readonly isSecureContext: boolean;
}

export const ofThisPage = (): CaptureEnvironment => ({
  // Older than its type: missing on insecure pages.
  mediaDevices: 'mediaDevices' in navigator ? navigator.mediaDevices : undefined,
  isSecureContext,
});

const PROBLEMS: Readonly<Record<string, MicrophoneProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
};

/** One track; rejects with a `MicrophoneError`. */
export async function capture(
  constraints: MediaStreamConstraints,
  { mediaDevices, isSecureContext }: CaptureEnvironment,
): Promise<MediaStreamTrack> {
  if (!isSecureContext || !mediaDevices) {
    throw new MicrophoneError('insecure', 'microphones and cameras need https or localhost');
  }
  try {
    const stream = await mediaDevices.getUserMedia(constraints);
    const [track, ...others] = stream.getTracks();
    for (const other of others) other.stop();
    if (!track) throw new MicrophoneError('none', 'no track');
    return track;
  } catch (error) {
    throw asMicrophoneError(error);
  }
}

/** For the constraints: exactly this device; with an empty name, or none, any. */
export const ofDevice = (deviceId = ''): MediaTrackConstraints =>
  deviceId === '' ? {} : { deviceId: { exact: deviceId } };

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
