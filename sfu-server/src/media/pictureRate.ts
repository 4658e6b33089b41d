/**
 * A picture that only one person sees yields to a narrow line: its sender is asked to send no more
 * than that person can receive. What is lost otherwise is the voice beside it.
 */
import type { Producer, WebRtcTransport } from 'mediasoup/types';
import * as z from 'zod';
import { fromWorker } from './guard.ts';

/** Voice, its repairs and what the network itself adds, bit/s. */
const VOICE_BITS_PER_SECOND = 50_000;
/** Below this a picture is of no use to anybody, bit/s. */
const LEAST_BITS_PER_SECOND = 30_000;
/** From here on nothing is asked: more than a camera sends. */
const ENOUGH_BITS_PER_SECOND = 1_500_000;
/** Smaller changes are not worth a message. */
const WORTH_TELLING = 0.1;

/** The most that a picture may take, bit/s; 0: any rate. @param available to the receiver, bit/s */
export const pictureRate = (available: number): number =>
  available >= ENOUGH_BITS_PER_SECOND
    ? 0
    : Math.round(Math.max(LEAST_BITS_PER_SECOND, available - VOICE_BITS_PER_SECOND));

/** Whether a sender must be told of a new rate. */
export const isNews = (told: number, rate: number): boolean =>
  told === 0 || rate === 0 ? told !== rate : Math.abs(rate - told) > WORTH_TELLING * told;

/** What mediasoup tells of a transport's estimates, as far as it matters here. */
const Estimate = z.object({ availableBitrate: z.number() });

/** Somebody who sends a picture. */
interface Sender {
  readonly transport: WebRtcTransport;
  readonly viewers: Set<WebRtcTransport>;
  told: number;
}

export class PictureRates {
  readonly #senders = new Map<string, Sender>();

  sends(producer: Producer, transport: WebRtcTransport): void {
    this.#senders.set(producer.id, { transport, viewers: new Set(), told: 0 });
    producer.observer.once('close', () => this.#senders.delete(producer.id));
  }

  /** From now on this one receives the picture, until its transport closes. */
  async sees(producerId: string, viewer: WebRtcTransport): Promise<void> {
    const sender = this.#senders.get(producerId);
    if (!sender || sender.viewers.has(viewer)) return;
    sender.viewers.add(viewer);
    viewer.observer.once('close', () => sender.viewers.delete(viewer));
    viewer.on('trace', (trace) => {
      if (trace.type !== 'bwe' || !sender.viewers.has(viewer)) return;
      this.#judge(sender, Estimate.parse(trace.info).availableBitrate);
    });
    try {
      await fromWorker(viewer.enableTraceEvent(['bwe']));
    } catch (error) {
      if (!viewer.closed) throw error;
    }
  }

  #judge(sender: Sender, available: number): void {
    // Where several see it, one poor line is not to spoil it for all.
    const rate = sender.viewers.size === 1 ? pictureRate(available) : 0;
    if (sender.transport.closed || !isNews(sender.told, rate)) return;
    sender.told = rate;
    sender.transport.setMaxIncomingBitrate(rate).catch(() => {
      // It closed meanwhile.
      sender.told = 0;
    });
  }
}
