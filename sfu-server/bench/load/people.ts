/** People with real media and no browser, in rooms of the product. */
import type { ConsumerId, Data, RoomId } from '@veche/protocol';
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

  /** What its packets carry in slots, and it sends itself. */
  get number(): number {
    const { snapshot, participantId } = this.joined;
    return snapshot.participants.find(({ id }) => id === participantId)?.number ?? NaN;
  }

  /**
   * Hears what the room had when it joined.
   * @param onPacket what to do with it; without it packets arrive and are dropped
   * @returns how many tracks
   */
  async listen(onPacket?: OnPacket): Promise<number> {
    const { receive, consumers } = this.joined.media ?? (await this.#makeReceive());
    this.#receive = await createReceivePeer({ transport: receive, consumers });
    if (onPacket) this.#receive.onRtp(onPacket);
    await this.client.request('transport:connect', {
      transportId: receive.id,
      dtlsParameters: this.#receive.dtlsParameters,
    });
    await this.#receive.connected;
    const consumerIds: ConsumerId[] = consumers.map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) await this.client.request('consumer:resume', { consumerIds });
    return consumerIds.length;
  }

  /** Publishes an open microphone. */
  async speak(): Promise<Talker> {
    const { media, snapshot } = this.joined;
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
    await this.client.request('mic:set', { roomId: snapshot.room.id, muted: false });
    return { csrc: this.number, track };
  }

  #makeTransport(direction: 'send' | 'receive'): Promise<Data<'transport:create'>> {
    const { snapshot, epoch } = this.joined;
    return this.client.request('transport:create', { roomId: snapshot.room.id, epoch, direction });
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

  leave(): void {
    this.#send?.close();
    this.#receive?.close();
    this.client.disconnect();
  }
}

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
