/** Measures senders in turn, each once in an interval, and says which of them send far too much. */
import type { Logger } from 'pino';
import { firstSample, measure } from '../domain/bitrate.ts';
import type { Sample } from '../domain/bitrate.ts';

export interface Sender {
  /** mediasoup's. */
  readonly id: string;
  /** Never measured again. */
  readonly closed: boolean;
  /** bit/s */
  readonly allowed: number;
  /** That came until now. */
  bytes(): Promise<number>;
  /** It sends far more than it may. @param bitrate bit/s */
  cut(bitrate: number): void;
}

interface Measured {
  readonly sender: Sender;
  sample: Sample;
  /** The worker was asked and has not answered yet. */
  asked: boolean;
}

/** The work of an interval is spread over so many steps, so that none of them is noticed. */
const STEPS = 50;
/** Most of one step: with very many senders a round takes longer. */
const MOST_PER_STEP = 20;

export class Meter {
  readonly #everyMs: number;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  /** The one that was measured longest ago comes first. */
  readonly #row = new Set<Measured>();

  /** @param everyMs how often each is measured */
  constructor(everyMs: number, log: Logger) {
    this.#everyMs = everyMs;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#step();
    }, everyMs / STEPS);
    this.#timer.unref();
  }

  /** Until it is closed. */
  add(sender: Sender): void {
    this.#row.add({ sender, sample: firstSample(performance.now()), asked: false });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #step(): void {
    const now = performance.now();
    let left = Math.min(MOST_PER_STEP, Math.ceil(this.#row.size / STEPS));
    for (const one of this.#row) {
      if (left === 0 || now - one.sample.at < this.#everyMs) return;
      left--;
      this.#row.delete(one);
      if (one.sender.closed) continue;
      // To the end of the row.
      this.#row.add(one);
      if (!one.asked) void this.#measure(one);
    }
  }

  async #measure(one: Measured): Promise<void> {
    const { sender } = one;
    one.asked = true;
    try {
      const bytes = await sender.bytes();
      const measured = measure(one.sample, bytes, performance.now(), sender.allowed);
      one.sample = measured.sample;
      if (measured.tooMuch && !sender.closed) sender.cut(Math.round(measured.bitrate));
    } catch (error) {
      // Closed while it was asked, or its worker is gone; another round asks again.
      this.#log.debug({ id: sender.id, err: error }, 'Sender not measured');
    } finally {
      one.asked = false;
    }
  }
}
