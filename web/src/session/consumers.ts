/** Carries out, on one receive transport, the difference between what is wanted and what is there. */
import { MAX_IDS_PER_REQUEST } from '@veche/protocol';
import type { ConsumerId, Data, ProducerId, RtpCapabilities } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import type { Voice } from './api.ts';
import { Backoff, MEDIA_STEPS } from './backoff.ts';
import { isMediaGone, RequestError } from './errors.ts';
import { newestSource, ReceiverLevel } from './levels.ts';
import { isOffline, type Attached, type AttachedTo } from './path.ts';
import { pause, type Log, type Timers } from './ports.ts';
import { isUnsupported } from './device.ts';
import { difference, NOTHING, type Difference, type Wanted, type Wish } from './subscriptions.ts';
import type { Suspects } from './suspects.ts';
import type { SendRequest } from './wire.ts';

/** One track that arrives here, or is about to. */
export interface Subscription {
  readonly wanted: Wanted;
  readonly consumerId: ConsumerId;
  readonly consumer: types.Consumer;
  /** Null for a picture. */
  readonly voice: Voice | null;
  readonly level: ReceiverLevel;
  state: 'paused' | 'flowing';
}

export type Offer = Data<'consumer:create'>['consumers'][number];

export interface ConsumersPorts {
  readonly request: SendRequest;
  readonly rtpCapabilities: RtpCapabilities;
  readonly path: AttachedTo;
  readonly suspects: Suspects;
  /** Consumers that the server has already made on this transport. */
  readonly prepared: readonly Offer[];
  /** The list of subscriptions, or the state of one, changed. */
  readonly changed: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

/** Tracks that are replaced go this long after the first that replaces them has begun to play, */
const OVERLAP_MS = 150;
/** or after this time, where nobody speaks. */
const OVERLAP_AT_MOST_MS = 1000;
const LOOK_EVERY_MS = 20;

const idsOf = ({ create, resume, close }: Omit<Difference, 'drop'>): readonly ProducerId[] => [
  ...create,
  ...resume,
  ...close,
];

export class Consumers implements Attached {
  readonly #transport: types.Transport;
  readonly #ports: ConsumersPorts;
  readonly #have = new Map<ProducerId, Subscription>();
  readonly #backoff: Backoff;
  #wish: Wish = NOTHING;
  #prepared: readonly Offer[];
  #working = false;
  /** Whether the server still has those that flow is to be asked. */
  #isUnsure = false;
  /** What could not be done and waits for the next try. */
  #leftOver: ReadonlySet<ProducerId> = new Set();
  #cancelRetry: () => void = () => undefined;
  #closed = false;

  constructor(transport: types.Transport, ports: ConsumersPorts) {
    this.#transport = transport;
    this.#ports = ports;
    this.#prepared = ports.prepared;
    this.#backoff = new Backoff(ports.timers, MEDIA_STEPS);
  }

  get list(): readonly Subscription[] {
    return [...this.#have.values()];
  }

  want(wish: Wish): void {
    this.#wish = wish;
    const { drop, ...todo } = this.#difference();
    this.#end(drop);
    // What failed before has its own time.
    if (idsOf(todo).some((id) => !this.#leftOver.has(id))) this.retry();
  }

  /** Takes up what is left over now. */
  retry(): void {
    void this.#work();
  }

  /**
   * Joined again. While nobody heard it, the voice may have changed over and back: what flowed then
   * has ended on the server, and is wanted again under the same name.
   */
  rejoined(): void {
    this.#isUnsure = true;
    this.retry();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#have.clear();
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #difference(): Difference {
    const states = new Map([...this.#have].map(([id, { state }]) => [id, state]));
    // The server keeps slots for a while after a room is direct again: they still carry voices.
    const slots = this.list.filter(({ wanted }) => wanted.participantId === null);
    const ids = slots.map(({ wanted }) => wanted.producerId);
    return difference({ ...this.#wish, known: new Set([...this.#wish.known, ...ids]) }, states);
  }

  async #work(): Promise<void> {
    if (this.#working || this.#isClosed()) return;
    this.#working = true;
    this.#cancelRetry();
    try {
      await this.#pass();
    } catch (error) {
      if (this.#isClosed()) return;
      if (!(error instanceof RequestError) || isMediaGone(error)) this.#ports.path.failed(error);
      else if (!isOffline(error)) this.#ports.log.warn('subscribing failed', error);
    } finally {
      this.#working = false;
    }
    if (this.#isClosed()) return;
    this.#leftOver = new Set(idsOf(this.#difference()));
    if (this.#leftOver.size > 0) {
      this.#cancelRetry = this.#ports.timers.after(this.#backoff.next(), () => {
        this.retry();
      });
    } else {
      this.#backoff.reset();
      this.#ports.path.healthy();
    }
  }

  /** Until nothing is left but what failed in this pass. */
  async #pass(): Promise<void> {
    const failed = new Set<ProducerId>();
    const prepared = this.#prepared;
    this.#prepared = [];
    if (prepared.length > 0) await this.#takePrepared(prepared, failed);
    let overlapped = false;
    while (!this.#isClosed()) {
      if (this.#isUnsure) await this.#confirm();
      const todo = this.#difference();
      const create = todo.create.filter(
        (id) => !failed.has(id) && !this.#ports.suspects.barred(id),
      );
      const resume = todo.resume.filter((id) => !failed.has(id));
      if (create.length > 0) await this.#create(create.slice(0, MAX_IDS_PER_REQUEST), failed);
      else if (resume.length > 0) await this.#resume(resume.slice(0, MAX_IDS_PER_REQUEST), failed);
      else if (todo.close.length > 0 && !overlapped) {
        overlapped = true;
        await this.#overlap(todo.close);
      } else {
        this.#end(todo.close);
        return;
      }
    }
  }

  /** Slots end together, and so do the microphones in whose place they come: each kind is asked for by itself. */
  async #confirm(): Promise<void> {
    const flowing = this.list.filter(({ state }) => state === 'flowing');
    const kindOf = ({ participantId, source }: Wanted): string =>
      `${participantId === null} ${source}`;
    for (const kind of new Set(flowing.map(({ wanted }) => kindOf(wanted)))) {
      const alike = flowing.filter(({ wanted }) => kindOf(wanted) === kind);
      const ids = alike.map(({ wanted }) => wanted.producerId);
      await this.#resume(ids.slice(0, MAX_IDS_PER_REQUEST), new Set());
      if (this.#isClosed()) return;
    }
    this.#isUnsure = false;
  }

  async #create(producerIds: ProducerId[], failed: Set<ProducerId>): Promise<void> {
    const { request, rtpCapabilities, log } = this.#ports;
    const transportId = this.#transport.id;
    const made = await request('consumer:create', { transportId, rtpCapabilities, producerIds });
    if (this.#isClosed()) return;
    if (made.failed.length > 0) log.debug('tracks that cannot be had yet', made.failed);
    // Whatever comes of it, each is tried only once in a pass.
    for (const id of producerIds) failed.add(id);
    await this.#accept(made.consumers, failed);
  }

  /** Nothing is sent before the transport is connected, so these need not be built before they are resumed. */
  async #takePrepared(offers: readonly Offer[], failed: Set<ProducerId>): Promise<void> {
    const consumerIds = offers.map(({ consumerId }) => consumerId);
    const resumed = this.#ports.request('consumer:resume', { consumerIds }).then(
      () => true,
      // Resumed like all others then.
      () => false,
    );
    await this.#accept(offers, failed);
    if (this.#isClosed() || !(await resumed) || this.#isClosed()) return;
    for (const { producerId } of offers) {
      const subscription = this.#have.get(producerId);
      if (subscription) subscription.state = 'flowing';
    }
    this.#ports.changed();
  }

  /** Builds what the server has made; what cannot be built counts as failed. */
  async #accept(offers: readonly Offer[], failed: Set<ProducerId>): Promise<void> {
    for (const { producerId } of offers) failed.add(producerId);
    const unwanted = await this.#ports.suspects.build(offers, (batch) => this.#build(batch));
    if (this.#isClosed()) return;
    for (const { producerId } of offers) if (this.#have.has(producerId)) failed.delete(producerId);
    this.#closeOnServer(unwanted);
    this.#ports.changed();
  }

  /** All in one tick, which makes one negotiation of them. Returns those of no use. */
  async #build(offers: readonly Offer[]): Promise<ConsumerId[]> {
    const useless: ConsumerId[] = [];
    const results = await Promise.allSettled(
      offers.map(({ consumerId: id, producerId, kind, rtpParameters }) =>
        this.#transport.consume({ id, producerId, kind, rtpParameters }),
      ),
    );
    if (this.#isClosed()) return [];
    for (const [index, result] of results.entries()) {
      const offer = offers[index];
      if (!offer) continue;
      if (result.status === 'fulfilled') {
        if (this.#keep(offer, result.value)) continue;
        result.value.close();
      } else {
        // Refused before anything was touched; any other failure leaves the transport broken.
        if (!isUnsupported(result.reason)) throw result.reason;
        this.#ports.log.warn('a track that this browser cannot play', offer.producerId);
        this.#ports.suspects.bar(offer.producerId);
      }
      useless.push(offer.consumerId);
    }
    return useless;
  }

  /** False if nobody wants it any more. */
  #keep({ producerId, consumerId }: Offer, consumer: types.Consumer): boolean {
    const wanted = this.#wish.wanted.get(producerId);
    if (!wanted) return false;
    const { participantId, source } = wanted;
    const { track } = consumer;
    const voice = consumer.kind === 'audio' ? { participantId, producerId, source, track } : null;
    const level = new ReceiverLevel(consumer.rtpReceiver, this.#ports.timers);
    this.#have.set(producerId, { wanted, consumerId, consumer, voice, level, state: 'paused' });
    return true;
  }

  async #resume(producerIds: readonly ProducerId[], failed: Set<ProducerId>): Promise<void> {
    const subscriptions = producerIds.flatMap((id) => this.#have.get(id) ?? []);
    const consumerIds = subscriptions.map(({ consumerId }) => consumerId);
    try {
      await this.#ports.request('consumer:resume', { consumerIds });
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'NOT_FOUND' || this.#isClosed())
        throw error;
      // Their tracks ended meanwhile; if not, they are subscribed to anew.
      this.#end(producerIds);
      for (const id of producerIds) failed.add(id);
      return;
    }
    if (this.#isClosed()) return;
    for (const subscription of subscriptions) subscription.state = 'flowing';
    this.#ports.changed();
  }

  /** Until those that stay are heard in place of those that go: or a word would be lost. */
  async #overlap(going: readonly ProducerId[]): Promise<void> {
    const { timers } = this.#ports;
    const until = timers.now() + OVERLAP_AT_MOST_MS;
    const staying = this.list.filter(({ wanted }) => !going.includes(wanted.producerId));
    const plays = () => staying.some(({ consumer }) => newestSource(consumer.rtpReceiver) !== null);
    while (!this.#isClosed() && !plays() && timers.now() < until) {
      await pause(timers, LOOK_EVERY_MS);
    }
    await pause(timers, OVERLAP_MS);
  }

  #end(producerIds: readonly ProducerId[]): void {
    const ended = producerIds.flatMap((id) => this.#have.get(id) ?? []);
    if (ended.length === 0) return;
    for (const { wanted, consumer } of ended) {
      this.#have.delete(wanted.producerId);
      consumer.close();
    }
    this.#closeOnServer(ended.map(({ consumerId }) => consumerId));
    this.#ports.changed();
  }

  #closeOnServer(consumerIds: ConsumerId[]): void {
    if (consumerIds.length === 0) return;
    // If this fails, the server closes them with the transport.
    this.#ports.request('consumer:close', { consumerIds }).catch((error: unknown) => {
      this.#ports.log.debug('consumer:close failed', error);
    });
  }
}
