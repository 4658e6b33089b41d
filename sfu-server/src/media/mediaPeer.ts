/**
 * One participant's transports and producers, and its consumers (peerConsumers.ts). Nobody else's
 * are reachable from here.
 */
import { ProducerId } from '@veche/protocol';
import type {
  ConsumerId,
  DataInput,
  DtlsParameters,
  IceParameters,
  TransportId,
} from '@veche/protocol';
import type { AudioLevelObserver, Producer } from 'mediasoup/types';
import type {
  ConsumeRequest,
  Direction,
  MediaId,
  MediaPeerEvents,
  MediaPeerPort,
  ProduceRequest,
  TransportEnd,
} from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import type { BitrateWatch } from './bitrateWatch.ts';
import { fromWorker } from './guard.ts';
import type { ListenerRouters } from './listenerRouters.ts';
import { PeerConsumers } from './peerConsumers.ts';
import type { PeerConsumersParts } from './peerConsumers.ts';
import { PeerTransport } from './peerTransport.ts';
import type { TransportOptions } from './peerTransport.ts';

export type { TransportOptions } from './peerTransport.ts';

export interface MediaPeerParts extends PeerConsumersParts {
  /** Where it may receive. */
  readonly listeners: ListenerRouters;
  readonly observer: AudioLevelObserver;
  readonly transports: TransportOptions;
  readonly bitrates: BitrateWatch;
  readonly events: MediaPeerEvents;
}

/**
 * Chromium drops a request for a key frame that comes less than 300 ms after another; mediasoup
 * would then wait a second for the frame. Requests that come sooner are sent after this time, ms.
 */
const KEY_FRAME_DELAY_MS = 320;
/** Ids remembered, to tell media that is gone from media that never was. */
const MAX_REMEMBERED = 1000;

export class MediaPeer implements MediaPeerPort {
  readonly #parts: MediaPeerParts;
  readonly #transports = new Map<Direction, PeerTransport>();
  readonly #producers = new Map<string, Producer>();
  readonly #consumers: PeerConsumers;
  /** All ids there ever were, oldest first. */
  readonly #ids = new Set<string>();
  #closed = false;

  constructor(parts: MediaPeerParts) {
    this.#parts = parts;
    this.#consumers = new PeerConsumers(parts, {
      keepOrUndo: (made, late) => {
        this.#keepOrUndo(made, late);
      },
      made: (id) => {
        this.#remember(id);
      },
      withheld: (id, withheld) => {
        parts.events.withheld(id, withheld);
      },
    });
  }

  get closed(): boolean {
    return this.#closed || this.#parts.home.router.closed;
  }

  get consumerCount(): number {
    return this.#consumers.count;
  }

  get withheld(): ConsumerId[] {
    return this.#consumers.withheld;
  }

  get connected(): boolean {
    return [...this.#transports.values()].some(({ connected }) => connected);
  }

  owns(id: MediaId): boolean {
    return (
      this.#producers.has(id) ||
      this.#consumers.owns(id) ||
      [...this.#transports.values()].some((transport) => transport.id === id)
    );
  }

  everOwned(id: MediaId): boolean {
    return this.#ids.has(id);
  }

  async createTransport(
    direction: Direction,
    late: AbortSignal,
  ): Promise<DataInput<'transport:create'>> {
    const transport = await this.#makeTransport(direction);
    transport.at.worker.recent.note('transport:create', { id: transport.id, direction });
    this.#keepOrUndo(transport, late);
    this.#parts.bitrates.watchTransport(transport, direction);
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
    this.#remember(transport.id);
    transport.onClosed(() => {
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction);
    });
    return transport.describe();
  }

  async connectTransport(id: TransportId, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(id);
    transport.at.worker.recent.note('transport:connect', { id, dtlsParameters });
    await transport.connect(dtlsParameters);
  }

  async restartIce(id: TransportId): Promise<IceParameters> {
    const transport = this.#transport(id);
    transport.at.worker.recent.note('transport:restart-ice', { id });
    return transport.restartIce();
  }

  async produce(request: ProduceRequest, late: AbortSignal): Promise<ProducerId> {
    const { transport, at } = this.#transport(request.transportId, 'send');
    const { kind, source, rtpParameters } = request;
    at.worker.recent.note('producer:create', { kind, source, rtpParameters });
    const paused = request.paused();
    const producer = await fromWorker(
      transport.produce({
        kind,
        rtpParameters,
        paused,
        keyFrameRequestDelay: KEY_FRAME_DELAY_MS,
        appData: { source },
      }),
      (it) => {
        it.close();
      },
    );
    this.#keepOrUndo(producer, late);
    const id = ProducerId.parse(producer.id);
    this.#producers.set(id, producer);
    this.#remember(id);
    producer.observer.once('close', () => {
      this.#producers.delete(id);
      const why = this.#parts.bitrates.whyClosed(producer, transport);
      this.#parts.events.producerClosed(id, why);
    });
    this.#parts.bitrates.watch(producer, source);
    if (kind === 'video') this.#parts.pictures.sends(producer, transport);
    try {
      if (source === 'microphone') {
        await this.#observe(producer);
        await this.#parts.voice.add(producer, this.#parts.ownVoice);
      }
      // Muted or unmuted while the worker was busy with it.
      if (request.paused() !== paused) await this.setProducerPaused(id, request.paused());
    } catch (error) {
      // Nobody would be told of it: it must not go on sending.
      producer.close();
      throw error;
    }
    return id;
  }

  async setProducerPaused(id: ProducerId, paused: boolean): Promise<void> {
    const producer = this.#producer(id);
    await fromWorker(paused ? producer.pause() : producer.resume());
  }

  closeProducer(id: ProducerId): void {
    this.#producer(id).close();
  }

  async consume(request: ConsumeRequest, late: AbortSignal): Promise<DataInput<'consumer:create'>> {
    const transport = this.#transport(request.transportId, 'receive');
    return this.#consumers.create(request, transport, late);
  }

  async setConsumersPaused(ids: readonly ConsumerId[], paused: boolean): Promise<void> {
    await this.#consumers.setPaused(ids, paused);
  }

  closeConsumers(ids: readonly ConsumerId[]): void {
    this.#consumers.close(ids);
  }

  closeConsumersOf(producerIds: readonly ProducerId[]): void {
    this.#consumers.closeOf(producerIds);
  }

  async setLayers(
    id: ConsumerId,
    spatialLayer: number,
    temporalLayer: number | undefined,
  ): Promise<void> {
    await this.#consumers.setLayers(id, spatialLayer, temporalLayer);
  }

  async setHeld(held: boolean): Promise<void> {
    await this.#consumers.setHeld(held);
  }

  close(): void {
    this.#closed = true;
    for (const transport of this.#transports.values()) transport.close();
  }

  async #makeTransport(direction: Direction): Promise<PeerTransport> {
    const { home, listeners, transports, events } = this.#parts;
    const ended = (reason: TransportEnd): void => {
      events.transportEnded(direction, reason);
    };
    if (direction === 'send') return PeerTransport.create(home, transports, ended);
    const seat = await listeners.place(this);
    try {
      const transport = await PeerTransport.create(seat.at, transports, ended);
      transport.onClosed(seat.leave);
      return transport;
    } catch (error) {
      seat.leave();
      throw error;
    }
  }

  /** @throws Refusal if the participant left, or the request was given up, in the meantime */
  #keepOrUndo(made: { close(): void }, late: AbortSignal): void {
    if (!this.closed && !late.aborted) return;
    made.close();
    throw new Refusal('MEDIA_RESET', 'the participant or its media is gone');
  }

  #remember(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  #transport(id: TransportId, direction?: Direction): PeerTransport {
    for (const [its, transport] of this.#transports) {
      if (transport.id !== id) continue;
      if (direction !== undefined && its !== direction) {
        throw new Refusal('INVALID_STATE', `transportId: not your ${direction} transport`);
      }
      return transport;
    }
    throw new Refusal('NOT_FOUND', 'transportId: none of yours');
  }

  #producer(id: ProducerId): Producer {
    const producer = this.#producers.get(id);
    if (!producer) throw new Refusal('NOT_FOUND', 'producerId: none of yours');
    return producer;
  }

  async #observe(producer: Producer): Promise<void> {
    try {
      await fromWorker(this.#parts.observer.addProducer({ producerId: producer.id }));
    } catch (error) {
      // It may have been closed in between; then there is nothing to observe.
      if (!producer.closed) throw error;
    }
  }
}
