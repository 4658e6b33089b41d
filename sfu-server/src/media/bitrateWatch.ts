/**
 * Measures what clients send, and closes what sends far more than it may: producers, which are what
 * listeners get, and transports, for what belongs to no producer. `setMaxIncomingBitrate` of mediasoup
 * only asks the sender for less.
 */
import type { Source, TrackEnd } from '@veche/protocol';
import type { Producer, Transport } from 'mediasoup/types';
import type { Logger } from 'pino';
import type { Direction } from '../app/ports.ts';
import { fromWorker } from './guard.ts';
import { Meter } from './meter.ts';
import type { Sender } from './meter.ts';
import type { PeerTransport } from './peerTransport.ts';

export interface BitrateLimits {
  /** How often each producer and each transport is measured, ms. */
  readonly bitrateMs: number;
  /** bit/s */
  readonly microphoneBitrate: number;
  readonly cameraBitrate: number;
  readonly screenBitrate: number;
  readonly screenAudioBitrate: number;
  /** Of who receives: what it tells of what arrived. */
  readonly feedbackBitrate: number;
}

export class BitrateWatch {
  readonly #allowed: Record<Source | Direction, number>;
  readonly #log: Logger;
  readonly #producers: Meter;
  readonly #transports: Meter;
  readonly #closedForIt = new WeakSet<Producer | Transport>();

  constructor(limits: BitrateLimits, log: Logger) {
    const sources: Record<Source, number> = {
      microphone: limits.microphoneBitrate,
      camera: limits.cameraBitrate,
      screen: limits.screenBitrate,
      screen_audio: limits.screenAudioBitrate,
    };
    const send = Object.values(sources).reduce((sum, bitrate) => sum + bitrate, 0);
    this.#allowed = { ...sources, send, receive: limits.feedbackBitrate };
    this.#log = log;
    this.#producers = new Meter(limits.bitrateMs, log);
    // In a row of their own: there are many more of them.
    this.#transports = new Meter(limits.bitrateMs, log);
  }

  /** From now until it is closed, paused or not: a sender may go on all the same. */
  watch(producer: Producer, source: Source): void {
    if (producer.closed) return;
    const allowed = this.#allowed[source];
    this.#producers.add({
      id: producer.id,
      allowed,
      get closed() {
        return producer.closed;
      },
      bytes: async () => {
        const streams = await fromWorker(producer.getStats());
        return streams.reduce((sum, { byteCount }) => sum + byteCount, 0);
      },
      cut: (bitrate) => {
        const reason: TrackEnd = 'sent_too_much';
        const told = { producerId: producer.id, source, bitrate, allowed, reason };
        this.#log.warn(told, 'Producer cut');
        this.#closedForIt.add(producer);
        producer.close();
      },
    });
  }

  /** From now until it is closed. All that arrives counts. */
  watchTransport(transport: PeerTransport, direction: Direction): void {
    this.#transports.add(
      new TransportSender(transport, this.#allowed[direction], this.#closedForIt),
    );
  }

  /** Why a producer was closed, where it or its transport was for this. */
  whyClosed(producer: Producer, transport: Transport): TrackEnd | undefined {
    const forIt = this.#closedForIt.has(producer) || this.#closedForIt.has(transport);
    return forIt ? 'sent_too_much' : undefined;
  }

  close(): void {
    this.#producers.close();
    this.#transports.close();
  }
}

/** There are many of them, so that each is as small as it can be. */
class TransportSender implements Sender {
  readonly allowed: number;
  readonly #peerTransport: PeerTransport;
  readonly #closedForIt: WeakSet<Producer | Transport>;

  constructor(
    peerTransport: PeerTransport,
    allowed: number,
    closedForIt: WeakSet<Producer | Transport>,
  ) {
    this.#peerTransport = peerTransport;
    this.allowed = allowed;
    this.#closedForIt = closedForIt;
  }

  get id(): string {
    return this.#peerTransport.id;
  }

  get closed(): boolean {
    return this.#peerTransport.transport.closed;
  }

  async bytes(): Promise<number> {
    const [stats] = await fromWorker(this.#peerTransport.transport.getStats());
    return stats?.bytesReceived ?? 0;
  }

  cut(): void {
    this.#closedForIt.add(this.#peerTransport.transport);
    this.#peerTransport.end('sent_too_much');
  }
}
