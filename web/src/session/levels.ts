/** How loud somebody is, for the eye: cheap, and never throws. */
import type { Timers } from './ports.ts';

/** Below this is silence; dB of full scale. */
const QUIET_DB = -55;
/** A voice close to the microphone. */
const LOUD_DB = -12;
/** Without a new packet for this long the voice has stopped (Opus pauses 400 ms in silence). */
const STALE_MS = 500;
/** Sender statistics are asked for at most this often. */
const ASK_EVERY_MS = 100;

/** A linear level, 0 … 1, as the length of a bar, 0 … 1. */
export function loudness(level: number): number {
  if (!(level > 0)) return 0;
  const db = 20 * Math.log10(level);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

export class ReceiverLevel {
  readonly #receiver: RTCRtpReceiver | undefined;
  readonly #timers: Timers;
  #newest = 0;
  #changedAt = 0;

  constructor(receiver: RTCRtpReceiver | undefined, timers: Timers) {
    this.#receiver = receiver;
    this.#timers = timers;
  }

  read(): number {
    const source = newestSource(this.#receiver);
    if (!source) return 0;
    // The packets' times are on a clock of their own: only whether they move on is looked at.
    const now = this.#timers.now();
    if (source.timestamp !== this.#newest) {
      this.#newest = source.timestamp;
      this.#changedAt = now;
    }
    return now - this.#changedAt > STALE_MS ? 0 : loudness(source.audioLevel ?? 0);
  }
}

/** The source of the newest packet played, or null before the first. */
export function newestSource(
  receiver: RTCRtpReceiver | undefined,
): RTCRtpSynchronizationSource | null {
  if (typeof receiver?.getSynchronizationSources !== 'function') return null;
  let newest: RTCRtpSynchronizationSource | null = null;
  for (const source of receiver.getSynchronizationSources()) {
    if (!newest || source.timestamp > newest.timestamp) newest = source;
  }
  return newest;
}

export class SenderLevel {
  readonly #timers: Timers;
  #level = 0;
  #askedAt = -Infinity;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The last known level; asks for the next one in the background. */
  read(sender: RTCRtpSender | undefined): number {
    const now = this.#timers.now();
    if (sender && now - this.#askedAt >= ASK_EVERY_MS) {
      this.#askedAt = now;
      sender.getStats().then(
        (stats) => {
          this.#level = loudness(sourceLevel(stats));
        },
        () => {
          this.#level = 0;
        },
      );
    }
    return this.#level;
  }
}

function sourceLevel(stats: RTCStatsReport): number {
  let level = 0;
  stats.forEach((entry: Record<string, unknown>) => {
    const found = entry['type'] === 'media-source' ? entry['audioLevel'] : undefined;
    if (typeof found === 'number') level = found;
  });
  return level;
}
