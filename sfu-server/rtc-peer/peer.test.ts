// The peers against a real worker: what one sends arrives at the others, over real ICE, DTLS and SRTP.
import * as mediasoup from 'mediasoup';
import type { Router, WebRtcServer, WebRtcTransport, Worker } from 'mediasoup/types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../test/support/wait.ts';
import { createReceivePeer, type ReceivedPacket, type ReceivePeer } from './receivePeer.ts';
import { createSendPeer, type SendPeer } from './sendPeer.ts';
import type { ConsumerParameters, ProducerRtpParameters, TransportParameters } from './wire.ts';

let worker: Worker;
let webRtcServer: WebRtcServer;
let router: Router;
const cleanups: (() => void)[] = [];

beforeAll(async () => {
  worker = await mediasoup.createWorker({ logLevel: 'error' });
  webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }],
  });
  router = await worker.createRouter({
    mediaCodecs: [
      {
        kind: 'audio',
        mimeType: 'audio/opus',
        clockRate: 48_000,
        channels: 2,
        preferredPayloadType: 100,
      },
      { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 },
    ],
  });
});

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

afterAll(() => worker.close());

describe('a packet from one peer', () => {
  it('reaches the two others as it was sent, and not its sender', async () => {
    const ana = await join();
    const ben = await join();
    const eva = await join();
    const [microphone] = ana.send.tracks;
    if (microphone === undefined) throw new Error('no track');
    const producerId = await ana.produce(0);
    await ben.consume([producerId]);
    await eva.consume([producerId]);
    await ana.consume([await ben.produce(0)]);

    const payload = Uint8Array.of(9, 8, 7, 6);
    const sent = microphone.send({ payload, level: -42, marker: true, csrcs: [5] });
    await until(() => ben.heard.length > 0 && eva.heard.length > 0, 'both hear');

    for (const { heard } of [ben, eva]) {
      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatchObject({
        payloadType: 100,
        marker: true,
        csrcs: [5],
        level: -42,
        kind: 'audio',
      });
      expect([...(heard[0]?.payload ?? [])]).toEqual([...payload]);
      expect(sent).toBeDefined();
    }
    // What comes after it reaches its sender: so it would have been there by now.
    const answer = Uint8Array.of(1, 2, 3);
    ben.send.tracks[0]?.send({ payload: answer });
    await until(() => ana.heard.length > 0, 'the answer arrives');
    expect(ana.heard.map((packet) => [...packet.payload])).toEqual([[...answer]]);
  });

  it('keeps its distance to the next one in number and time', async () => {
    const ana = await join();
    const ben = await join();
    const [microphone] = ana.send.tracks;
    if (microphone === undefined) throw new Error('no track');
    await ben.consume([await ana.produce(0)]);

    for (const options of [{}, {}, { sequenceStep: 3, timestampStep: 2880 }])
      microphone.send(options);
    await until(() => ben.heard.length === 3, 'three packets arrive');

    const steps = ben.heard.slice(1).map((packet, index) => {
      const before = ben.heard[index];
      if (before === undefined) throw new Error('no packet');
      return {
        number: (packet.sequenceNumber - before.sequenceNumber) & 0xffff,
        time: (packet.timestamp - before.timestamp) >>> 0,
      };
    });
    expect(steps).toEqual([
      { number: 1, time: 960 },
      { number: 3, time: 2880 },
    ]);
    // Left out of the packet, the level is unknown, not silent.
    expect(ben.heard.map(({ level }) => level)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a receiving peer', () => {
  it('takes further consumers while it is connected', async () => {
    const ana = await join();
    const ben = await join();
    const eva = await join();
    const [first, second] = [await ana.produce(0), await eva.produce(0)];
    const [early] = await ben.consume([first]);
    const [[late], [latest]] = await Promise.all([
      ben.consume([second]),
      ben.consume([await ana.produce(1)]),
    ]);
    expect(new Set([early, late, latest]).size).toBe(3);

    ana.send.tracks[0]?.send();
    eva.send.tracks[0]?.send();
    await until(() => ben.heard.length === 2, 'two packets arrive');
    expect(new Set(ben.heard.map(({ consumerId }) => consumerId))).toEqual(new Set([early, late]));
  });

  it('tells audio from video', async () => {
    const ana = await join();
    const ben = await join();
    await ben.consume([await ana.produce(0), await ana.produce(1)]);
    ana.send.tracks[0]?.send();
    // The start of a VP8 key frame, or the server waits for one.
    ana.send.tracks[1]?.send({
      payload: Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0),
      marker: true,
    });
    await until(() => ben.heard.length === 2, 'two packets arrive');
    expect(ben.heard.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
  });
});

describe('a peer whose server does not answer', () => {
  it('says so after its time', async () => {
    const { transport, wire } = await createTransport();
    transport.close();
    const peer = await createSendPeer({
      transport: wire,
      tracks: [{ kind: 'audio' }],
      connectTimeoutMs: 300,
    });
    cleanups.push(() => peer.close());
    await expect(peer.connected).rejects.toThrow('ICE or DTLS not done after 300 ms');
    expect(peer.tracks[0]?.send()).toBeUndefined();
  });

  it('is closed twice as calmly as once', async () => {
    const { wire } = await createTransport();
    const peer = await createReceivePeer({ transport: wire, consumers: [] });
    peer.close();
    peer.close();
    await expect(peer.connected).rejects.toThrow();
    await expect(peer.add([])).rejects.toThrow('closed');
  });
});

interface Person {
  readonly send: SendPeer;
  readonly receive: ReceivePeer;
  readonly heard: ReceivedPacket[];
  produce(track: number): Promise<string>;
  /** Answers the ids of the new consumers. */
  consume(producerIds: readonly string[]): Promise<string[]>;
}

/** Both transports of one person, connected; everything passes through JSON, as it does on the wire. */
async function join(): Promise<Person> {
  const outward = await createTransport();
  const inward = await createTransport();
  const send = await createSendPeer({
    transport: outward.wire,
    tracks: [{ kind: 'audio' }, { kind: 'video' }],
  });
  const receive = await createReceivePeer({ transport: inward.wire, consumers: [] });
  cleanups.push(
    () => send.close(),
    () => receive.close(),
  );
  await outward.transport.connect({ dtlsParameters: asJson(send.dtlsParameters) });
  await inward.transport.connect({ dtlsParameters: asJson(receive.dtlsParameters) });
  await Promise.all([send.connected, receive.connected]);

  const heard: ReceivedPacket[] = [];
  receive.onRtp((packet) => heard.push(packet));
  return {
    send,
    receive,
    heard,
    async produce(index) {
      const track = send.tracks[index];
      if (track === undefined) throw new Error(`no track ${index}`);
      const rtpParameters: ProducerRtpParameters = asJson(track.rtpParameters);
      return (await outward.transport.produce({ kind: track.kind, rtpParameters })).id;
    },
    async consume(producerIds) {
      const { rtpCapabilities } = router;
      const consumers = await Promise.all(
        producerIds.map((producerId) =>
          inward.transport.consume({ producerId, rtpCapabilities, paused: true }),
        ),
      );
      const wire: ConsumerParameters[] = asJson(
        consumers.map(({ id, kind, rtpParameters }) => ({ consumerId: id, kind, rtpParameters })),
      );
      await receive.add(wire);
      await Promise.all(consumers.map((consumer) => consumer.resume()));
      return wire.map(({ consumerId }) => consumerId);
    },
  };
}

async function createTransport(): Promise<{
  transport: WebRtcTransport;
  wire: TransportParameters;
}> {
  const transport = await router.createWebRtcTransport({ webRtcServer });
  cleanups.push(() => transport.close());
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return { transport, wire: asJson({ id, iceParameters, iceCandidates, dtlsParameters }) };
}

function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
