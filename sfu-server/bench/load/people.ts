/** People with real media and no browser, in rooms of the product. */
import type { ConsumerId, Data, Notice, ProducerId, RoomId, TransportId } from '@veche/protocol';
import { notices } from '@veche/protocol';
import { createReceivePeer, createSendPeer } from '../../rtc-peer/index.ts';
import type { ReceivedPacket, ReceivePeer, SendPeer } from '../../rtc-peer/index.ts';
import { TestClient } from '../../test/support/testClient.ts';
import type { Delivery } from './delivery.ts';
import type { Talker } from './talk.ts';

type Joined = Data<'room:join'>;
type OnPacket = (packet: ReceivedPacket) => void;

/** Connected and joined, with transports and consumers that the join itself made. */
export class RoomPerson {
  readonly client: TestClient;
  readonly joined: Joined;
  #receive: ReceivePeer | null = null;
  #send: SendPeer | null = null;
  #transportId: TransportId | null = null;
  /** Why it does not hear what the room lets hear now. */
  failure: unknown = null;
  /** Consumers of what it hears, by producer. */
  readonly #heard = new Map<ProducerId, ConsumerId>();
  /** One change of what it hears after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(client: TestClient, joined: Joined) {
    this.client = client;
    this.joined = joined;
  }

  static async join(client: TestClient, roomId: RoomId): Promise<RoomPerson> {
    const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
    const media = rtpCapabilities && { rtpCapabilities, kinds: ['audio' as const] };
    const joined = await client.request('room:join', { roomId, ...(media ? { media } : {}) });
    return new RoomPerson(client, joined);
  }

  get roomId(): RoomId {
    return this.joined.snapshot.room.id;
  }

  /** What its packets carry in slots, and it sends itself. */
  get number(): number {
    const { snapshot, participantId } = this.joined;
    return snapshot.participants.find(({ id }) => id === participantId)?.number ?? NaN;
  }

  /**
   * Hears what the room had when it joined.
   * @param onPacket what to do with it; without it packets arrive and are dropped
   * @returns ends that: packets are dropped from then on
   */
  listen(onPacket?: OnPacket): Promise<() => void> {
    const listening = this.#listen(onPacket);
    this.#changing = listening.then(
      () => undefined,
      () => undefined,
    );
    this.#followVoice();
    return listening;
  }

  async #listen(onPacket?: OnPacket): Promise<() => void> {
    const { receive, consumers } = this.joined.media ?? (await this.#makeReceive());
    this.#receive = await createReceivePeer({ transport: receive, consumers });
    this.#transportId = receive.id;
    const stop = onPacket ? this.#receive.onRtp(onPacket) : () => undefined;
    await this.client.request('transport:connect', {
      transportId: receive.id,
      dtlsParameters: this.#receive.dtlsParameters,
    });
    await this.#receive.connected;
    await this.#resume(consumers);
    return stop;
  }

  /** Hears the slots from the moment that the room has some, instead of each microphone. */
  #followVoice(): void {
    const follow = ({ voice }: Notice<'room:voice'>): void => {
      if (voice.mode !== 'slots') return;
      this.#changing = this.#changing
        .then(() => this.#hear(voice.slots))
        .catch((error: unknown) => {
          this.failure ??= error;
        });
    };
    // Some may have come together with the answer to the join.
    for (const notice of this.client.all('room:voice')) follow(notice);
    this.client.socket.on('room:voice', (payload: unknown) => {
      follow(notices['room:voice'].payload.parse(payload));
    });
  }

  /** Wanted minus had is subscribed to, had minus wanted closed. */
  async #hear(wanted: readonly ProducerId[]): Promise<void> {
    if (!this.#receive || !this.#transportId) return;
    const producerIds = wanted.filter((id) => !this.#heard.has(id));
    const unwanted = [...this.#heard].filter(([id]) => !wanted.includes(id));
    if (producerIds.length > 0) {
      const { consumers, failed } = await this.client.request('consumer:create', {
        transportId: this.#transportId,
        rtpCapabilities: this.joined.routerRtpCapabilities,
        producerIds,
      });
      const [refused] = failed;
      if (refused) throw new Error(`${refused.producerId} cannot be heard: ${refused.code}`);
      await this.#receive.add(consumers);
      await this.#resume(consumers);
    }
    if (unwanted.length === 0) return;
    for (const [id] of unwanted) this.#heard.delete(id);
    await this.client.request('consumer:close', { consumerIds: unwanted.map(([, id]) => id) });
  }

  async #resume(consumers: Data<'consumer:create'>['consumers']): Promise<void> {
    if (consumers.length === 0) return;
    for (const { producerId, consumerId } of consumers) this.#heard.set(producerId, consumerId);
    const consumerIds = consumers.map(({ consumerId }) => consumerId);
    await this.client.request('consumer:resume', { consumerIds });
  }

  /** Publishes an open microphone. */
  async speak(): Promise<Talker> {
    const { media } = this.joined;
    const send = media?.send ?? (await this.#makeTransport('send'));
    this.#send = await createSendPeer({ transport: send, tracks: [{ kind: 'audio' }] });
    const [track] = this.#send.tracks;
    if (!track) throw new Error('no track');
    await this.client.request('transport:connect', {
      transportId: send.id,
      dtlsParameters: this.#send.dtlsParameters,
    });
    await this.client.request('producer:create', {
      transportId: send.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await this.#send.connected;
    await this.client.request('mic:set', { roomId: this.roomId, muted: false });
    return { csrc: this.number, track };
  }

  #makeTransport(direction: 'send' | 'receive'): Promise<Data<'transport:create'>> {
    const { roomId, joined } = this;
    return this.client.request('transport:create', { roomId, epoch: joined.epoch, direction });
  }

  /** A server that is busy answers a join without media; then each is asked for by itself. */
  async #makeReceive() {
    const { snapshot, routerRtpCapabilities: rtpCapabilities } = this.joined;
    const { voice, tracks } = snapshot;
    const receive = await this.#makeTransport('receive');
    const microphones = tracks.filter(({ source }) => source === 'microphone');
    const producerIds =
      voice.mode === 'slots' ? voice.slots : microphones.map(({ producerId }) => producerId);
    if (producerIds.length === 0) return { receive, consumers: [] };
    const request = { transportId: receive.id, rtpCapabilities, producerIds };
    const { consumers } = await this.client.request('consumer:create', request);
    return { receive, consumers };
  }

  /**
   * As a page does that is left: the seat is free at once. Who is just gone keeps it for some seconds,
   * and mediasoup answers by address first: a newcomer that gets the same port by chance would be
   * taken for the one who left, and refused.
   */
  async leave(): Promise<void> {
    // The room may be gone, or the connection.
    await this.client.request('room:leave', { roomId: this.roomId }).catch(() => undefined);
    this.#send?.close();
    this.#receive?.close();
    this.client.disconnect();
  }
}

export const leaveAll = async (people: readonly RoomPerson[]): Promise<void> => {
  await Promise.all(people.map((person) => person.leave()));
};

/** Counts what a listener hears. */
export const hearInto =
  (delivery: Delivery): OnPacket =>
  ({ csrcs: [speaker = -1], payload }) => {
    delivery.arrive(speaker, payload.length, performance.now());
  };

const AT_ONCE = 10;

/** Makes `count` of something, a few at once. */
export const makeMany = async <T>(
  count: number,
  make: (index: number) => Promise<T>,
): Promise<T[]> => {
  const made: T[] = [];
  while (made.length < count) {
    const batch = Math.min(AT_ONCE, count - made.length);
    const from = made.length;
    made.push(...(await Promise.all(Array.from({ length: batch }, (_, i) => make(from + i)))));
  }
  return made;
};

export type Posture = 'slots' | 'direct';

export interface BenchRoom {
  readonly roomId: RoomId;
  readonly talkers: readonly Talker[];
  /** The owner and those who speak. */
  readonly people: readonly RoomPerson[];
}

/** A room that stays as `posture` says, with this many open microphones. */
export const openRoom = async (
  url: string,
  posture: Posture,
  speakers: number,
): Promise<BenchRoom> => {
  const client = await TestClient.connect(url, { name: 'Owner' });
  const { room } = await client.request('room:create', {
    name: `Bench: ${posture}`,
    maxParticipants: 1000,
  });
  const owner = await RoomPerson.join(client, room.id);
  await client.request('mod:voice', { roomId: room.id, posture });
  if (posture === 'slots') await client.next('room:voice', ({ voice }) => voice.mode === posture);
  const speaking = await makeMany(speakers, async (index) => {
    const person = await RoomPerson.join(
      await TestClient.connect(url, { name: `Speaker ${index}` }),
      room.id,
    );
    return { person, talker: await person.speak() };
  });
  return {
    roomId: room.id,
    talkers: speaking.map(({ talker }) => talker),
    people: [owner, ...speaking.map(({ person }) => person)],
  };
};

/** People who only hear; what they hear counts, or with null is dropped. */
export const addListeners = (
  url: string,
  { roomId }: BenchRoom,
  count: number,
  delivery: Delivery | null,
): Promise<RoomPerson[]> =>
  makeMany(count, async (index) => {
    const client = await TestClient.connect(url, { name: `Listener ${index}` });
    const person = await RoomPerson.join(client, roomId);
    await person.listen(delivery ? hearInto(delivery) : undefined);
    return person;
  });
