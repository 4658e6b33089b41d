/** What one participant receives: at most one consumer per producer. */
import type { ConsumerId, DataInput, ProducerId } from '@veche/protocol';
import type { ConsumeRequest, MediaId } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import { fromWorker } from './guard.ts';
import { HeldConsumer } from './heldConsumer.ts';
import type { ListenerRouter } from './listenerRouter.ts';
import { rtpParametersOnTheWire } from './onTheWire.ts';
import type { OwnVoice } from './ownVoice.ts';
import type { PeerTransport } from './peerTransport.ts';
import type { PictureRates } from './pictureRate.ts';
import type { RoomVoice } from './roomVoice.ts';
import { slotOfName } from './voiceSlots.ts';

export interface PeerConsumersParts {
  /** Where all send. */
  readonly home: ListenerRouter;
  readonly voice: RoomVoice;
  readonly ownVoice: OwnVoice;
  readonly pictures: PictureRates;
}

/** Whose they are. */
export interface ConsumersOwner {
  /** @throws Refusal if the participant left, or the request was given up, in the meantime */
  keepOrUndo(made: { close(): void }, late: AbortSignal): void;
  made(id: ConsumerId): void;
  /** A picture is withheld for a narrow line, or not any more. */
  withheld(id: ConsumerId, withheld: boolean): void;
}

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

export class PeerConsumers {
  readonly #parts: PeerConsumersParts;
  readonly #owner: ConsumersOwner;
  readonly #consumers = new Map<string, HeldConsumer>();
  /** One per producer, so that asking twice gives one consumer. */
  readonly #consumerOf = new Map<ProducerId, Coming>();
  #held = false;

  constructor(parts: PeerConsumersParts, owner: ConsumersOwner) {
    this.#parts = parts;
    this.#owner = owner;
  }

  /** That there are or will be. */
  get count(): number {
    return this.#consumerOf.size;
  }

  /** Pictures for which there is no place on the line. */
  get withheld(): ConsumerId[] {
    const all = [...this.#consumers.values()];
    return all.flatMap((held) => (held.isFor('narrow_line') ? held.id : []));
  }

  owns(id: MediaId): boolean {
    return this.#consumers.has(id);
  }

  async create(
    { transportId, rtpCapabilities, producerIds }: ConsumeRequest,
    transport: PeerTransport,
    late: AbortSignal,
  ): Promise<DataInput<'consumer:create'>> {
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

  async setPaused(ids: readonly ConsumerId[], paused: boolean): Promise<void> {
    const consumers = ids.flatMap((id) => this.#consumers.get(id) ?? []);
    if (consumers.length === 0)
      throw new Refusal('NOT_FOUND', 'consumerIds: none of them is yours');
    await Promise.all(consumers.map((consumer) => consumer.set('client', paused)));
  }

  close(ids: readonly ConsumerId[]): void {
    for (const id of ids) this.#consumers.get(id)?.consumer.close();
  }

  closeOf(producerIds: readonly ProducerId[]): void {
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
    this.#owner.keepOrUndo(consumer, late);
    if (transport.closed) {
      // mediasoup makes it all the same, and nothing would ever close it.
      consumer.close();
      throw new Refusal('MEDIA_RESET', 'transportId: replaced meanwhile');
    }
    const held = new HeldConsumer(consumer);
    this.#consumers.set(held.id, held);
    this.#owner.made(held.id);
    consumer.observer.once('close', () => {
      this.#consumers.delete(held.id);
    });
    if (slot !== null) this.#parts.ownVoice.add(slot, held);
    if (consumer.kind === 'video') {
      await this.#parts.pictures.sees(producerId, transport, held, (withheld) => {
        this.#owner.withheld(held.id, withheld);
      });
    }
    if (this.#held) await held.set('hold', true);
    return held;
  }
}
