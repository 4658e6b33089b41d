/** Measures senders in turn, each once in an interval, and says which of them send far too much. */
import type { Logger } from 'pino';
import { firstSample, measure } from '../domain/bitrate.ts';
import type { Sample } from '../domain/bitrate.ts';

export interface Sender {
  /** mediasoup's. */
  readonly id: string;
  /** bit/s */
  readonly allowed: number;
  /** That came until now. */
  readonly bytes: () => Promise<number>;
  /** It sends far more than it may. @param bitrate bit/s */
  readonly cut: (bitrate: number) => void;
}

interface Measured {
  readonly sender: Sender;
  sample: Sample;
  /** The worker was asked and has not answered yet. */
  asked: boolean;
}

/** The work of an interval is spread over so many steps. */
const STEPS = 10;
/** Most of one step: with very many senders a round takes longer. */
const MOST_PER_STEP = 100;

export class Meter {
  readonly #everyMs: number;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  /** The one that was measured longest ago comes first. */
  readonly #all = new Map<string, Measured>();

  /** @param everyMs how often each is measured */
  constructor(everyMs: number, log: Logger) {
    this.#everyMs = everyMs;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#step();
    }, everyMs / STEPS);
    this.#timer.unref();
  }

  add(sender: Sender): void {
    this.#all.set(sender.id, { sender, sample: firstSample(performance.now()), asked: false });
  }

  remove(id: string): void {
    this.#all.delete(id);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #step(): void {
    const now = performance.now();
    const share = Math.min(MOST_PER_STEP, Math.ceil(this.#all.size / STEPS));
    for (const [id, one] of [...this.#all].slice(0, share)) {
      if (now - one.sample.at < this.#everyMs) return;
      // To the end of the row.
      this.#all.delete(id);
      this.#all.set(id, one);
      if (!one.asked) void this.#measure(one);
    }
  }

  async #measure(one: Measured): Promise<void> {
    const { id, allowed, bytes, cut } = one.sender;
    one.asked = true;
    try {
      const measured = measure(one.sample, await bytes(), performance.now(), allowed);
      one.sample = measured.sample;
      if (measured.tooMuch) cut(Math.round(measured.bitrate));
    } catch (error) {
      // Closed while it was asked, or its worker is gone; another round asks again.
      this.#log.debug({ id, err: error }, 'Sender not measured');
    } finally {
      one.asked = false;
    }
  }
}
