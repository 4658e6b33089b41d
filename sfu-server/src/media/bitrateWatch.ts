/**
 * Measures what producers send, and closes those that send far more than they may.
 * `setMaxIncomingBitrate` of mediasoup only asks the sender for less.
 */
import type { Source, TrackEnd } from '@veche/protocol';
import type { Producer } from 'mediasoup/types';
import type { Logger } from 'pino';
import { firstSample, measure } from '../domain/bitrate.ts';
import type { Sample } from '../domain/bitrate.ts';
import { fromWorker } from './guard.ts';

export interface BitrateLimits {
  /** How often each producer is measured, ms. */
  readonly bitrateMs: number;
  /** bit/s */
  readonly microphoneBitrate: number;
  readonly cameraBitrate: number;
  readonly screenBitrate: number;
  readonly screenAudioBitrate: number;
}

interface Watched {
  readonly producer: Producer;
  readonly source: Source;
  sample: Sample;
  /** The worker was asked and has not answered yet. */
  asked: boolean;
}

/** The work of a round is spread over so many steps. */
const STEPS = 10;
/** Most of one step: with very many producers a round takes longer. */
const MOST_PER_STEP = 100;

export class BitrateWatch {
  readonly #allowed: Record<Source, number>;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  /** The one that was measured longest ago comes first. */
  readonly #watched = new Map<string, Watched>();
  readonly #closedForIt = new WeakSet<Producer>();

  constructor(limits: BitrateLimits, log: Logger) {
    this.#allowed = {
      microphone: limits.microphoneBitrate,
      camera: limits.cameraBitrate,
      screen: limits.screenBitrate,
      screen_audio: limits.screenAudioBitrate,
    };
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#step(limits.bitrateMs);
    }, limits.bitrateMs / STEPS);
    this.#timer.unref();
  }

  /** From now until it is closed, paused or not: a sender may go on all the same. */
  watch(producer: Producer, source: Source): void {
    if (producer.closed) return;
    this.#watched.set(producer.id, {
      producer,
      source,
      sample: firstSample(performance.now()),
      asked: false,
    });
    producer.observer.once('close', () => this.#watched.delete(producer.id));
  }

  /** Why a producer was closed, where it was for this. */
  whyClosed(producer: Producer): TrackEnd | undefined {
    return this.#closedForIt.has(producer) ? 'sent_too_much' : undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #step(everyMs: number): void {
    const now = performance.now();
    const share = Math.min(MOST_PER_STEP, Math.ceil(this.#watched.size / STEPS));
    for (const [id, watched] of [...this.#watched].slice(0, share)) {
      if (now - watched.sample.at < everyMs) return;
      // To the end of the row.
      this.#watched.delete(id);
      this.#watched.set(id, watched);
      if (!watched.asked) void this.#measure(watched);
    }
  }

  async #measure(watched: Watched): Promise<void> {
    const { producer, source } = watched;
    watched.asked = true;
    try {
      const streams = await fromWorker(producer.getStats());
      const bytes = streams.reduce((sum, { byteCount }) => sum + byteCount, 0);
      const allowed = this.#allowed[source];
      const measured = measure(watched.sample, bytes, performance.now(), allowed);
      watched.sample = measured.sample;
      if (measured.tooMuch) this.#end(watched, measured.bitrate, allowed);
    } catch (error) {
      // Closed while it was asked, or its worker is gone; another round asks again.
      this.#log.debug({ producerId: producer.id, err: error }, 'Producer not measured');
    } finally {
      watched.asked = false;
    }
  }

  #end({ producer, source }: Watched, bitrate: number, allowed: number): void {
    const bits = Math.round(bitrate);
    const reason: TrackEnd = 'sent_too_much';
    this.#log.warn(
      { producerId: producer.id, source, bitrate: bits, allowed, reason },
      'Producer cut',
    );
    this.#closedForIt.add(producer);
    producer.close();
  }
}
