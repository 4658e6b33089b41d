/**
 * Pictures yield to narrow lines. One that only one person sees is asked for no larger than that
 * person can receive; where there is no place at all, it is withheld from them for a while.
 */
import type { Producer, TransportTraceEventData, WebRtcTransport } from 'mediasoup/types';
import * as z from 'zod';
import type { Clock, Timers } from '../app/ports.ts';
import { estimated, isNews, newLine, pictureRate, tried } from '../domain/pictureLine.ts';
import type { PictureLine } from '../domain/pictureLine.ts';
import { fromWorker } from './guard.ts';
import type { HeldConsumer } from './heldConsumer.ts';

/** What mediasoup tells of a transport's estimates, as far as it matters here. */
const Estimate = z.object({ availableBitrate: z.number() });

export type Time = Pick<Clock, 'monotonic'> & Pick<Timers, 'after'>;

export class PictureRates {
  readonly #time: Time;
  readonly #senders = new Map<string, Sender>();

  constructor(time: Time) {
    this.#time = time;
  }

  sends(producer: Producer, transport: WebRtcTransport): void {
    this.#senders.set(producer.id, new Sender(transport));
    producer.observer.once('close', () => this.#senders.delete(producer.id));
  }

  /**
   * From now on the picture arrives on this transport, until its consumer closes.
   * @param told that it is withheld, or not any more
   */
  async sees(
    producerId: string,
    transport: WebRtcTransport,
    held: HeldConsumer,
    told: (withheld: boolean) => void,
  ): Promise<void> {
    const sender = this.#senders.get(producerId);
    if (!sender || held.consumer.closed) return;
    const viewer = new Viewer(held, sender, this.#time, told);
    sender.viewers.add(viewer);
    transport.on('trace', viewer.traced);
    held.consumer.observer.once('close', () => {
      transport.off('trace', viewer.traced);
      sender.viewers.delete(viewer);
      viewer.close();
    });
    try {
      await fromWorker(transport.enableTraceEvent(['bwe']));
    } catch (error) {
      if (!transport.closed) throw error;
    }
  }
}

/** Somebody who sends a picture. */
class Sender {
  readonly viewers = new Set<Viewer>();
  readonly #transport: WebRtcTransport;
  #told = 0;

  constructor(transport: WebRtcTransport) {
    this.#transport = transport;
  }

  /** Where several see it, one poor line is not to spoil it for all. @param only bit/s */
  yieldTo(only: number): void {
    const rate = this.viewers.size === 1 ? only : 0;
    if (this.#transport.closed || !isNews(this.#told, rate)) return;
    this.#told = rate;
    this.#transport.setMaxIncomingBitrate(rate).catch(() => {
      // It closed meanwhile.
      this.#told = 0;
    });
  }
}

/** Somebody who sees it. */
class Viewer {
  readonly #held: HeldConsumer;
  readonly #sender: Sender;
  readonly #time: Time;
  readonly #told: (withheld: boolean) => void;
  #line: PictureLine = newLine;
  #cancelTrial: () => void = () => undefined;

  constructor(held: HeldConsumer, sender: Sender, time: Time, told: (withheld: boolean) => void) {
    this.#held = held;
    this.#sender = sender;
    this.#time = time;
    this.#told = told;
  }

  traced = ({ type, info }: TransportTraceEventData): void => {
    // Where nothing is wanted, nothing is sent that says how wide the line is.
    const { consumer, isPausedByListener } = this.#held;
    if (type !== 'bwe' || consumer.producerPaused || isPausedByListener) return;
    const { availableBitrate } = Estimate.parse(info);
    this.#become(estimated(this.#line, availableBitrate, this.#time.monotonic()));
    this.#sender.yieldTo(pictureRate(this.#line));
  };

  close(): void {
    this.#cancelTrial();
  }

  #become(line: PictureLine): void {
    const { tryAt } = line;
    const isSame = tryAt === this.#line.tryAt;
    this.#line = line;
    if (isSame) return;
    this.#cancelTrial();
    if (tryAt !== null) {
      const { monotonic, after } = this.#time;
      this.#cancelTrial = after(tryAt - monotonic(), () => {
        this.#become(tried(this.#line, monotonic()));
      });
    }
    const withheld = tryAt !== null;
    this.#held.set('narrow_line', withheld).then(
      () => {
        this.#told(withheld);
      },
      () => {
        // It closed meanwhile, or its worker hangs and is about to be killed.
      },
    );
  }
}
