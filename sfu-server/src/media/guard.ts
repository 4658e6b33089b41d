/** What stands between a request and mediasoup: a deadline, and errors that a client understands. */
import { NotFoundError, UnsupportedError, WorkerClosedError } from 'mediasoup/errors';
import { Refusal } from '../domain/refusal.ts';

/** mediasoup's channel requests have no timeout: a hung worker would hang us for ever. */
const CHANNEL_TIMEOUT_MS = 5000;

/** What a worker says of two streams of one transport that it could not tell apart. */
const CLASH = 'already exists in RTP listener';

const asRefusal = (error: unknown): unknown => {
  if (error instanceof Refusal) return error;
  if (error instanceof WorkerClosedError || error instanceof NotFoundError) {
    return new Refusal('MEDIA_RESET', 'the media behind this request is gone');
  }
  // mediasoup throws these for parameters that it cannot take.
  if (error instanceof TypeError || error instanceof UnsupportedError) {
    return new Refusal('BAD_REQUEST', error.message);
  }
  if (error instanceof Error && error.message.includes(CLASH)) {
    return new Refusal('BAD_REQUEST', 'rtpParameters: an SSRC, mid or rid that is in use already');
  }
  return error;
};

/**
 * Waits for an answer of a worker, not for ever.
 * @param undo closes what was made, if it comes too late.
 * @throws Refusal UNAVAILABLE after `withinMs`, MEDIA_RESET when the worker is gone, BAD_REQUEST
 */
export const fromWorker = async <T>(
  answer: Promise<T>,
  undo: (late: T) => void = () => undefined,
  withinMs = CHANNEL_TIMEOUT_MS,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      answer.then(undo, () => undefined);
      reject(new Refusal('UNAVAILABLE', 'the media worker does not answer'));
    }, withinMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } catch (error) {
    throw asRefusal(error);
  } finally {
    clearTimeout(timer);
  }
};
