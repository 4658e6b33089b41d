/** One participant's transports, producers and consumers. Nobody else's are reachable from here. */
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
  MediaId,
  MediaPeerEvents,
  MediaPeerPort,
  ProduceRequest,
} from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import type { BitrateWatch } from './bitrateWatch.ts';
import { fromWorker } from './guard.ts';
import { HeldConsumer } from './heldConsumer.ts';
import type { ListenerRouter } from './listenerRouter.ts';
import type { ListenerRouters } from './listenerRouters.ts';
import { rtpParametersOnTheWire } from './onTheWire.ts';
import type { OwnVoice } from './ownVoice.ts';
import { PeerTransport } from './peerTransport.ts';
import type { PictureRates } from './pictureRate.ts';
import type { Direction, TransportOptions } from './peerTransport.ts';

import type { RoomVoice } from './roomVoice.ts';
import { slotOfName } from './voiceSlots.ts';

export type { TransportOptions } from './peerTransport.ts';

export interface MediaPeerParts {
  /** Where it sends. */
  readonly home: ListenerRouter;
  /** Where it may receive. */
  readonly listeners: ListenerRouters;
  readonly observer: AudioLevelObserver;
  readonly transports: TransportOptions;
  readonly voice: RoomVoice;
  readonly ownVoice: OwnVoice;
  readonly pictures: PictureRates;
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

/**
 * mediasoup copies and checks the capabilities for each consumer, twice. Of a browser's most are for
 * pictures, and a crowd that joins asks for slots alone.
 */
const audioOnly = ({
  codecs = [],
  headerExtensions = [],
}: ConsumeRequest['rtpCapabilities']): ConsumeRequest['rtpCapabilities'] => ({
  codecs: codecs.filter(({ kind }) => kind === 'audio'),
  headerExtensions: headerExtensions.filter(({ kind }) => kind === 'audio'),
});

/** A consumer that there is or will be, on this transport; on the next one it is of no use. */
interface Coming {
  readonly transport: PeerTransport;
  readonly consumer: Promise<HeldConsumer>;
}

export class MediaPeer implements MediaPeerPort {
  readonly #parts: MediaPeerParts;
  readonly #transports = new Map<Direction, PeerTransport>();
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, HeldConsumer>();
  /** One per producer, so that asking twice gives one consumer. */
  readonly #consumerOf = new Map<ProducerId, Coming>();
  /** All ids there ever were, oldest first. */
  readonly #ids = new Set<string>();
  #held = false;
  #closed = false;

  constructor(parts: MediaPeerParts) {
    this.#parts = parts;
  }

  get closed(): boolean {
    return this.#closed || this.#parts.home.router.closed;
  }

  get consumerCount(): number {
    return this.#consumerOf.size;
  }

  get connected(): boolean {
    return [...this.#transports.values()].some(({ connected }) => connected);
  }

  owns(id: MediaId): boolean {
    return (
      this.#producers.has(id) ||
      this.#consumers.has(id) ||
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
      this.#parts.events.producerClosed(id, this.#parts.bitrates.whyClosed(producer));
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

  async consume(
    { transportId, rtpCapabilities, producerIds }: ConsumeRequest,
    late: AbortSignal,
  ): Promise<DataInput<'consumer:create'>> {
    const transport = this.#transport(transportId, 'receive');
    const asked = { transportId, producerIds, rtpCapabilities };
    transport.at.worker.recent.note('consumer:create', asked);
    const answer: DataInput<'consumer:create'> = { consumers: [], failed: [] };
    const forSlots = audioOnly(rtpCapabilities);
    await Promise.all(
      producerIds.map(async (producerId) => {
        try {
          const capabilities = slotOfName(producerId) === null ? rtpCapabilities : forSlots;
          const held = await this.#consumer(producerId, transport, capabilities, late);
          const { kind, rtpParameters } = held.consumer;
          answer.consumers.push({
            consumerId: held.id,
            producerId,
            kind,
            rtpParameters: rtpParametersOnTheWire(rtpParameters),
          });
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          answer.failed.push({ producerId, code: error.code });
        }
      }),
    );
    return answer;
  }

  async setConsumersPaused(ids: readonly ConsumerId[], paused: boolean): Promise<void> {
    const consumers = ids.flatMap((id) => this.#consumers.get(id) ?? []);
    if (consumers.length === 0)
      throw new Refusal('NOT_FOUND', 'consumerIds: none of them is yours');
    await Promise.all(consumers.map((consumer) => consumer.set('client', paused)));
  }

  closeConsumers(ids: readonly ConsumerId[]): void {
    for (const id of ids) this.#consumers.get(id)?.consumer.close();
  }

  closeConsumersOf(producerIds: readonly ProducerId[]): void {
    for (const id of producerIds) {
      this.#consumerOf.get(id)?.consumer.then(
        ({ consumer }) => {
          consumer.close();
        },
        // It was not made after all.
        () => undefined,
      );
    }
  }

  async setLayers(
    id: ConsumerId,
    spatialLayer: number,
    temporalLayer: number | undefined,
  ): Promise<void> {
    const held = this.#consumers.get(id);
    if (!held) throw new Refusal('NOT_FOUND', 'consumerId: none of yours');
    if (held.consumer.type !== 'simulcast' && held.consumer.type !== 'svc') {
      throw new Refusal('INVALID_STATE', 'consumerId: this track has no layers');
    }
    const layers = { id, spatialLayer, temporalLayer };
    this.#parts.home.worker.recent.note('consumer:layers', layers);
    await fromWorker(
      held.consumer.setPreferredLayers({
        spatialLayer,
        ...(temporalLayer === undefined ? {} : { temporalLayer }),
      }),
    );
  }

  async setHeld(held: boolean): Promise<void> {
    this.#held = held;
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.set('hold', held)));
  }

  close(): void {
    this.#closed = true;
    for (const transport of this.#transports.values()) transport.close();
  }

  async #makeTransport(direction: Direction): Promise<PeerTransport> {
    const { home, listeners, transports } = this.#parts;
    if (direction === 'send') return PeerTransport.create(home, transports);
    const seat = await listeners.place(this);
    try {
      const transport = await PeerTransport.create(seat.at, transports);
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

  #consumer(
    producerId: ProducerId,
    transport: PeerTransport,
    rtpCapabilities: ConsumeRequest['rtpCapabilities'],
    late: AbortSignal,
  ): Promise<HeldConsumer> {
    const known = this.#consumerOf.get(producerId);
    if (known?.transport === transport) return known.consumer;
    const consumer = this.#createConsumer(producerId, transport, rtpCapabilities, late);
    const coming = { transport, consumer };
    this.#consumerOf.set(producerId, coming);
    const forget = (): void => {
      if (this.#consumerOf.get(producerId) === coming) this.#consumerOf.delete(producerId);
    };
    consumer.then((held) => {
      if (held.consumer.closed) forget();
      else held.consumer.observer.once('close', forget);
    }, forget);
    return consumer;
  }

  async #createConsumer(
    producerId: ProducerId,
    { transport, at }: PeerTransport,
    rtpCapabilities: ConsumeRequest['rtpCapabilities'],
    late: AbortSignal,
  ): Promise<HeldConsumer> {
    const slot = slotOfName(producerId);
    // A slot is known by name; every router has a producer of its own for it.
    const id = slot === null ? producerId : await this.#parts.voice.producerId(slot, at.router);
    const home = this.#parts.home.router;
    if (slot === null && home.canConsume({ producerId, rtpCapabilities })) {
      await at.bring(producerId, home);
    }
    if (id === undefined || !at.router.canConsume({ producerId: id, rtpCapabilities })) {
      throw new Refusal('INVALID_STATE', 'producerId: gone, or of a codec you do not have');
    }
    const consumer = await fromWorker(
      // Retransmission for audio too: with NACK, a lost packet of speech is repaired in time.
      transport.consume({ producerId: id, rtpCapabilities, paused: true, enableRtx: true }),
      (it) => {
        it.close();
      },
    );
    this.#keepOrUndo(consumer, late);
    if (transport.closed) {
      // mediasoup makes it all the same, and nothing would ever close it.
      consumer.close();
      throw new Refusal('MEDIA_RESET', 'transportId: replaced meanwhile');
    }
    const held = new HeldConsumer(consumer);
    this.#consumers.set(held.id, held);
    this.#remember(held.id);
    consumer.observer.once('close', () => {
      this.#consumers.delete(held.id);
    });
    if (slot !== null) this.#parts.ownVoice.add(slot, held);
    if (consumer.kind === 'video') await this.#parts.pictures.sees(producerId, transport);
    if (this.#held) await held.set('hold', true);
    return held;
  }
}
