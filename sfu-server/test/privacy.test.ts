/** Where somebody is must not be learnt by others: no answer or notice holds an address of a peer. */
import type { DtlsParameters, ProducerId } from '@veche/protocol';
import { isIP } from 'node:net';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROTOCOL_VERSION, requests } from '@veche/protocol';
import type { Data, PayloadInput, RequestName } from '@veche/protocol';
import { createReceivePeer, createSendPeer } from '../rtc-peer/index.ts';
import { guest } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

/** The server's own, which everyone is told. */
const SERVER = '127.0.0.1';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Somebody whose signalling and media come from an address of their own; keeps all that is heard. */
const personAt = async (name: string, address: string) => {
  const { token, user } = await guest(server.url, name);
  // An option of ws, which socket.io passes on.
  const from: object = { localAddress: address };
  const socket = io(server.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token, deviceId: `device-of-${name}`, protocol: PROTOCOL_VERSION },
    ...from,
  });
  const received: { name: string; text: string }[] = [];
  const closing: (() => void)[] = [() => socket.disconnect()];
  socket.onAny((notice: string, payload: unknown) => {
    received.push({ name: notice, text: JSON.stringify(payload) });
  });
  const heard = (notice: string) =>
    until(() => received.find((one) => one.name === notice), `${name} hears ${notice}`);
  await heard('welcome');
  const request = async <N extends RequestName>(
    asked: N,
    payload: PayloadInput<N>,
  ): Promise<Data<N>> => {
    const answer: unknown = await socket.timeout(6000).emitWithAck(asked, payload);
    received.push({ name: asked, text: JSON.stringify(answer) });
    if (typeof answer !== 'object' || answer === null || !('data' in answer)) {
      throw new Error(`${asked}: ${JSON.stringify(answer)}`);
    }
    return requests[asked].data.parse(answer.data);
  };
  const connect = (transportId: Data<'transport:create'>['id'], dtlsParameters: DtlsParameters) =>
    request('transport:connect', { transportId, dtlsParameters });
  const publish = async ({ epoch, snapshot }: Data<'room:join'>): Promise<ProducerId> => {
    const roomId = snapshot.room.id;
    const transport = await request('transport:create', { roomId, epoch, direction: 'send' });
    const peer = await createSendPeer({
      transport,
      tracks: [{ kind: 'audio' }],
      bindAddress: address,
    });
    closing.push(() => peer.close());
    const [track] = peer.tracks;
    if (!track) throw new Error('no track');
    await connect(transport.id, peer.dtlsParameters);
    const { producerId } = await request('producer:create', {
      transportId: transport.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await peer.connected;
    await request('mic:set', { roomId, muted: false });
    return producerId;
  };
  const subscribe = async (joined: Data<'room:join'>, producerId: ProducerId): Promise<void> => {
    const { epoch, snapshot, routerRtpCapabilities: rtpCapabilities } = joined;
    const roomId = snapshot.room.id;
    const transport = await request('transport:create', { roomId, epoch, direction: 'receive' });
    const asked = { transportId: transport.id, rtpCapabilities, producerIds: [producerId] };
    const { consumers } = await request('consumer:create', asked);
    const peer = await createReceivePeer({ transport, consumers, bindAddress: address });
    closing.push(() => peer.close());
    await connect(transport.id, peer.dtlsParameters);
    await peer.connected;
    await request('transport:restart-ice', { transportId: transport.id });
  };
  const close = (): void => {
    for (const end of closing) end();
  };
  return { user, address, received, heard, request, publish, subscribe, close };
};

/** Every IP address anywhere in a text, IPv4 or IPv6. */
const addressesIn = (text: string): string[] =>
  (text.match(/[0-9a-fA-F:.]{3,}/g) ?? []).filter((part) => isIP(part) !== 0);

it('holds for a whole visit to a room and a whole call', async () => {
  const ana = await personAt('Ana', '127.0.0.2');
  const bo = await personAt('Bo', '127.0.0.3');
  await ana.request('people:watch', { userIds: [bo.user.id] });
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  const hers = await ana.request('room:join', { roomId });
  const his = await bo.request('room:join', { roomId });
  const published = [await ana.publish(hers), await bo.publish(his)] as const;
  await Promise.all([ana.subscribe(hers, published[1]), bo.subscribe(his, published[0])]);
  await bo.request('chat:send', { roomId, text: 'hello' });
  await ana.heard('chat:message');
  await bo.request('hand:set', { roomId, raised: true });
  await ana.request('mod:mute', { roomId, participantId: his.participantId });
  await ana.request('room:snapshot', { roomId });
  await bo.request('room:leave', { roomId });
  await ana.heard('room:participant-left');

  const asked = { to: bo.user.id, media: 'audio', key: 'key' } as const;
  const { callId } = await ana.request('call:initiate', asked);
  await bo.heard('call:offer');
  await bo.request('call:answer', { callId });
  await ana.heard('call:answer');
  const caller = await ana.request('room:join', { callId });
  const callee = await bo.request('room:join', { callId });
  const voices = [await ana.publish(caller), await bo.publish(callee)] as const;
  await Promise.all([ana.subscribe(caller, voices[1]), bo.subscribe(callee, voices[0])]);
  await bo.request('call:end', { callId });
  await ana.heard('call:end');
  await ana.request('call:history', {});
  await ana.request('people:list', {});

  for (const { received } of [ana, bo]) {
    // The search finds what there is: the server's own address is in each transport.
    const created = received.filter(({ name }) => name === 'transport:create');
    expect(created).toHaveLength(4);
    expect(created.every(({ text }) => addressesIn(text).includes(SERVER))).toBe(true);
    for (const { name, text } of received) {
      expect(
        addressesIn(text).filter((found) => found !== SERVER),
        name,
      ).toEqual([]);
    }
  }
  const names = new Set([...ana.received, ...bo.received].map(({ name }) => name));
  expect(names.size).toBeGreaterThan(20);
  ana.close();
  bo.close();
});
