/**
 * A participant without a browser that stays in a room as the page does: it hears every microphone
 * there is, and builds its media again when that was lost. Every packet says whose it is and counts.
 */
import type { Data, ParticipantId, ProducerId, RoomId, Track } from '@veche/protocol';
import { notices } from '@veche/protocol';
import { createReceivePeer, createSendPeer } from '../../rtc-peer/index.ts';
import type { ReceivePeer, SendPeer } from '../../rtc-peer/index.ts';
import type { TestClient } from '../../test/support/testClient.ts';

const FRAME_MS = 20;
const SPEECH_LEVEL = -25;
const PAYLOAD_BYTES = 80;
/** As in the page: not everybody at once. */
const RESET_JITTER_MS = 500;

/** A packet of somebody else that arrived. */
export interface Arrival {
  readonly speaker: number;
  /** Of the speaker's packets, from 0. */
  readonly count: number;
  /** Monotonic ms. */
  readonly at: number;
  /** Of the listener's media that it came over. */
  readonly epoch: number;
}

/** The payloads of members begin with it. */
const MARK = 0x76656368;

const payloadOf = (speaker: number, count: number): Buffer => {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.writeUInt32BE(MARK, 0);
  payload.writeUInt32BE(speaker, 4);
  payload.writeUInt32BE(count, 8);
  return payload;
};

/** What carries one epoch's media. */
interface Paths {
  readonly epoch: number;
  readonly send: SendPeer;
  readonly receive: ReceivePeer;
  readonly receiveId: Data<'transport:create'>['id'];
  readonly subscribed: Set<ProducerId>;
}

export class Member {
  readonly client: TestClient;
  readonly number: number;
  readonly roomId: RoomId;
  readonly self: ParticipantId;
  readonly arrivals: Arrival[] = [];
  /** What failed, other than by a further reset. */
  readonly failures: unknown[] = [];
  readonly #capabilities: Data<'room:join'>['routerRtpCapabilities'];
  readonly #tracks: Map<ProducerId, Track>;
  #epoch: number;
  #paths: Paths | null = null;
  /** One change after another. */
  #work: Promise<void> = Promise.resolve();
  #talking: NodeJS.Timeout | undefined;
  #sent = 0;
  #closed = false;

  private constructor(client: TestClient, number: number, joined: Data<'room:join'>) {
    const { snapshot, routerRtpCapabilities, participantId, epoch } = joined;
    this.client = client;
    this.number = number;
    this.roomId = snapshot.room.id;
    this.self = participantId;
    this.#capabilities = routerRtpCapabilities;
    this.#epoch = epoch;
    this.#tracks = new Map(snapshot.tracks.map((track) => [track.producerId, track]));
    client.socket.on('room:track-published', (payload: unknown) => {
      const { track } = notices['room:track-published'].payload.parse(payload);
      this.#tracks.set(track.producerId, track);
      this.#do(() => this.#subscribe());
    });
    client.socket.on('room:track-unpublished', (payload: unknown) => {
      this.#tracks.delete(notices['room:track-unpublished'].payload.parse(payload).producerId);
    });
    client.socket.on('media:reset', (payload: unknown) => {
      this.#epoch = notices['media:reset'].payload.parse(payload).epoch;
      setTimeout(() => {
        this.#do(() => this.#build());
      }, Math.random() * RESET_JITTER_MS);
    });
  }

  /** In the room, heard, and hearing everyone who is there or comes. */
  static async join(client: TestClient, roomId: RoomId, number: number): Promise<Member> {
    const member = new Member(client, number, await client.request('room:join', { roomId }));
    await client.request('mic:set', { roomId, muted: false });
    await member.#build();
    return member;
  }

  /** Of the media that it has, or builds now. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Fifty packets a second. */
  talk(): void {
    this.#talking = setInterval(() => {
      const payload = payloadOf(this.number, this.#sent);
      if (this.#paths?.send.tracks[0]?.send({ payload, level: SPEECH_LEVEL })) this.#sent++;
    }, FRAME_MS);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#talking);
    this.#drop();
  }

  #drop(): void {
    this.#paths?.send.close();
    this.#paths?.receive.close();
    this.#paths = null;
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      const epoch = this.#epoch;
      try {
        if (!this.#closed) await step();
      } catch (error) {
        // Refused because of a further reset, which builds everything again.
        if (epoch === this.#epoch && !this.#closed) this.failures.push(error);
      }
    });
  }

  /** Both paths of this epoch, and the microphone on one of them. */
  async #build(): Promise<void> {
    const { client, roomId } = this;
    const epoch = this.#epoch;
    this.#drop();
    const [up, down] = await Promise.all([
      client.request('transport:create', { roomId, epoch, direction: 'send' }),
      client.request('transport:create', { roomId, epoch, direction: 'receive' }),
    ]);
    const send = await createSendPeer({ transport: up, tracks: [{ kind: 'audio' }] });
    const receive = await createReceivePeer({ transport: down, consumers: [] });
    receive.onRtp(({ payload }) => {
      if (payload.length !== PAYLOAD_BYTES) return;
      const view = new DataView(payload.buffer, payload.byteOffset);
      if (view.getUint32(0) !== MARK) return;
      const [speaker, count] = [view.getUint32(4), view.getUint32(8)];
      this.arrivals.push({ speaker, count, at: performance.now(), epoch });
    });
    this.#paths = { epoch, send, receive, receiveId: down.id, subscribed: new Set() };
    await Promise.all([
      client.request('transport:connect', {
        transportId: up.id,
        dtlsParameters: send.dtlsParameters,
      }),
      client.request('transport:connect', {
        transportId: down.id,
        dtlsParameters: receive.dtlsParameters,
      }),
    ]);
    const [track] = send.tracks;
    if (!track) throw new Error('no track');
    await client.request('producer:create', {
      transportId: up.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await Promise.all([send.connected, receive.connected]);
    await this.#subscribe();
  }

  /** Hears what it does not hear yet. */
  async #subscribe(): Promise<void> {
    const paths = this.#paths;
    // The next epoch's paths bring everything.
    if (paths?.epoch !== this.#epoch) return;
    const wanted = [...this.#tracks.values()].filter(
      ({ producerId, participantId }) =>
        participantId !== this.self && !paths.subscribed.has(producerId),
    );
    if (wanted.length === 0) return;
    for (const { producerId } of wanted) paths.subscribed.add(producerId);
    const { consumers } = await this.client.request('consumer:create', {
      transportId: paths.receiveId,
      rtpCapabilities: this.#capabilities,
      producerIds: wanted.map(({ producerId }) => producerId),
    });
    if (consumers.length === 0) return;
    await paths.receive.add(consumers);
    await this.client.request('consumer:resume', {
      consumerIds: consumers.map(({ consumerId }) => consumerId),
    });
  }
}

/** Packets of a speaker that a listener should have got between its first and last and did not. */
export const lostOf = (arrivals: readonly Arrival[], speaker: number): number => {
  const counts = arrivals.filter((it) => it.speaker === speaker).map(({ count }) => count);
  return counts.length === 0 ? NaN : Math.max(...counts) - Math.min(...counts) + 1 - counts.length;
};
