/**
 * What mediasoup has to say, in the server's log. Whoever sends it bad requests or packets makes it
 * speak as often as they like, and a log must not fill a disk: so many lines at once, then one a second,
 * and how many were left out is told with the next one.
 */
import type { Logger } from 'pino';
import { fullBucket, take } from '../domain/tokenBucket.ts';

const RATE = { perSecond: 1, burst: 50 };

/** For `setLogEventListeners`: https://mediasoup.org/documentation/v3/mediasoup/api/ */
interface LogListeners {
  readonly onwarn: (source: string, text: string) => void;
  readonly onerror: (source: string, text: string, error?: Error) => void;
}

/** @param now monotonic ms */
export const mediasoupLog = (log: Logger, now = () => performance.now()): LogListeners => {
  let bucket = fullBucket(RATE, now());
  let leftOut = 0;
  /** What belongs to a line besides its own; null: it is left out. */
  const admit = (): { leftOut?: number } | null => {
    const taken = take(bucket, RATE, now());
    bucket = taken.bucket;
    if (!taken.allowed) {
      leftOut++;
      return null;
    }
    const more = leftOut > 0 ? { leftOut } : {};
    leftOut = 0;
    return more;
  };
  return {
    onwarn: (source, text) => {
      const more = admit();
      if (more) log.warn({ source, ...more }, text);
    },
    onerror: (source, text, error) => {
      const more = admit();
      if (more) log.error({ source, err: error, ...more }, text);
    },
  };
};
