/** Notes when each step of the first join was done. */
import type { JoinTimings } from './api.ts';
import { newestSource } from './levels.ts';
import type { Timers } from './ports.ts';

/** How finely, and how long, the first packet is looked for. */
const LOOK_EVERY_MS = 20;
const LOOK_FOR_MS = 5000;

export class Timings implements JoinTimings {
  readonly #timers: Timers;
  #looking = false;
  joinStarted: number | null = null;
  joinAcked: number | null = null;
  transportsReady: number | null = null;
  firstConsumerResumed: number | null = null;
  firstPacket: number | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  note(step: keyof JoinTimings): void {
    if (this[step] !== null) return;
    this[step] = this.#timers.now();
    // For whoever measures a page from outside.
    performance.mark(`veche:${step}`);
  }

  /** Watches these receivers until one of them has played something. */
  watch(receivers: () => readonly (RTCRtpReceiver | undefined)[]): void {
    if (this.#looking) return;
    this.#looking = true;
    const until = this.#timers.now() + LOOK_FOR_MS;
    const look = () => {
      if (receivers().some((receiver) => newestSource(receiver) !== null)) {
        this.note('firstPacket');
      } else if (this.#timers.now() < until) {
        this.#timers.after(LOOK_EVERY_MS, look);
      }
    };
    look();
  }
}
