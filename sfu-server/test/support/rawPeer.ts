/** A participant with real media and no browser: real ICE, DTLS and SRTP through the server. */
import type { CallId, ConsumerId, Data, ProducerId, RoomId } from '@veche/protocol';
import { createReceivePeer, createSendPeer } from '../../rtc-peer/index.ts';
import type { ReceivedPacket, ReceivePeer, SendPeer } from '../../rtc-peer/index.ts';
import type { TestClient } from './testClient.ts';
import { until } from './wait.ts';

const FRAME_MS = 20;
/** Of Opus, at 48 kHz. */
const FRAME_TICKS = 960;
/** A voice at common loudness, dBov. */
const SPEECH_LEVEL = -25;

export interface HeardPacket extends ReceivedPacket {
  /** When it arrived, monotonic ms. */
  readonly at: number;
}

export class RawPeer {
  readonly client: TestClient;
  readonly joined: Data<'room:join'>;
  /** Every packet that arrived. */
  readonly heard: HeardPacket[] = [];
  /** Packets that were sent. */
  sent = 0;
  /** Set before it receives: packets arrive as at any peer, and are dropped unheard. For crowds. */
  deaf = false;
  #send: SendPeer | null = null;
  #receive: ReceivePeer | null = null;
  #consumerIds: ConsumerId[] = [];
  #talking: NodeJS.Timeout | undefined;

  constructor(client: TestClient, joined: Data<'room:join'>) {
    this.client = client;
    this.joined = joined;
  }

  static async join(client: TestClient, roomId: RoomId): Promise<RawPeer> {
    return new RawPeer(client, await client.request('room:join', { roomId }));
  }

  /** With transports and consumers made by the join itself; see `receivePrepared`. */
  static async joinWithMedia(client: TestClient, roomId: RoomId): Promise<RawPeer> {
    const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
    if (!rtpCapabilities) throw new Error('the welcome says nothing of media');
    const media = { rtpCapabilities, kinds: ['audio' as const] };
    return new RawPeer(client, await client.request('room:join', { roomId, media }));
  }

  /** In the private room of a call. */
  static async joinCall(client: TestClient, callId: CallId): Promise<RawPeer> {
    return new RawPeer(client, await client.request('room:join', { callId }));
  }

  get roomId(): RoomId {
    return this.joined.snapshot.room.id;
  }

  /** Publishes a microphone, or the sound of a screen, over a new send transport. */
  async publish(source: 'microphone' | 'screen_audio' = 'microphone'): Promise<ProducerId> {
    const { client, roomId, joined } = this;
    const transport = await client.request('transport:create', {
      roomId,
      epoch: joined.epoch,
      direction: 'send',
    });
    this.#send = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
    await client.request('transport:connect', {
      transportId: transport.id,
      dtlsParameters: this.#send.dtlsParameters,
    });
    const [track] = this.#send.tracks;
    if (!track) throw new Error('no track');
    const { producerId } = await client.request('producer:create', {
      transportId: transport.id,
      kind: 'audio',
      source,
      rtpParameters: track.rtpParameters,
    });
    await this.#send.connected;
    return producerId;
  }

  /** Receives these tracks over a new receive transport. */
  async subscribe(producerIds: ProducerId[]): Promise<Data<'consumer:create'>> {
    const { client, roomId, joined } = this;
    const transport = await client.request('transport:create', {
      roomId,
      epoch: joined.epoch,
      direction: 'receive',
    });
    const answer = await client.request('consumer:create', {
      transportId: transport.id,
      rtpCapabilities: joined.routerRtpCapabilities,
      producerIds,
    });
    await this.#receiveOver(transport, answer.consumers);
    return answer;
  }

  /** Receives what the join brought. */
  async receivePrepared(): Promise<void> {
    const { media } = this.joined;
    if (!media) throw new Error('the join brought no media');
    await this.#receiveOver(media.receive, media.consumers);
  }

  async #receiveOver(
    transport: Data<'transport:create'>,
    consumers: Data<'consumer:create'>['consumers'],
  ): Promise<void> {
    this.#receive = await createReceivePeer({ transport, consumers });
    if (!this.deaf) {
      this.#receive.onRtp((packet) => this.heard.push({ ...packet, at: performance.now() }));
    }
    await this.client.request('transport:connect', {
      transportId: transport.id,
      dtlsParameters: this.#receive.dtlsParameters,
    });
    await this.#receive.connected;
    this.#consumerIds = consumers.map(({ consumerId }) => consumerId);
    await this.settle();
  }

  /** A round trip through the worker: what was said before it has been dealt with after it. */
  async settle(): Promise<void> {
    await this.client.request('consumer:resume', { consumerIds: this.#consumerIds });
  }

  unmute(): Promise<unknown> {
    return this.client.request('mic:set', { roomId: this.roomId, muted: false });
  }

  mute(): Promise<unknown> {
    return this.client.request('mic:set', { roomId: this.roomId, muted: true });
  }

  /** Sends a packet now. */
  say(payload?: Uint8Array, level = SPEECH_LEVEL): void {
    this.#say({ level, payload });
  }

  /** Sends fifty packets a second until `hush`; null: without levels. */
  talk(level: number | null = SPEECH_LEVEL, payload?: Uint8Array): void {
    let timestampStep: number | undefined;
    let dueAt = performance.now() + FRAME_MS;
    this.#talking = setInterval(() => {
      // A timer that is late on a busy machine is no pause: all that is due goes out at once.
      for (; dueAt <= performance.now(); dueAt += FRAME_MS) {
        this.#say({ level: level ?? undefined, payload, timestampStep });
        timestampStep = FRAME_TICKS;
      }
    }, FRAME_MS);
  }

  #say(packet: Parameters<SendPeer['tracks'][number]['send']>[0]): void {
    if (this.#send?.tracks[0]?.send(packet)) this.sent++;
  }

  /** Sends these bytes 250 times a second over the way that it has, until `hush`. */
  flood(packet: () => Buffer): void {
    const transmit = (bytes: Buffer): unknown =>
      (this.#send?.tracks[0] ?? this.#receive)?.sendRaw(bytes);
    this.#talking = setInterval(() => {
      for (let sent = 0; sent < 5; sent++) transmit(packet());
    }, FRAME_MS);
  }

  hush(): void {
    clearInterval(this.#talking);
  }

  /** Waits until a packet with exactly this payload has arrived. */
  async hears(payload: Uint8Array, withinMs?: number): Promise<HeardPacket> {
    const wanted = Buffer.from(payload);
    return until(
      () => this.heard.find((packet) => wanted.equals(packet.payload)),
      'the packet arrives',
      withinMs,
    );
  }

  close(): void {
    this.hush();
    this.#send?.close();
    this.#receive?.close();
    this.#send = null;
    this.#receive = null;
  }
}
