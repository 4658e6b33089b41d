/** Voice through the server over real ICE, DTLS and SRTP. */
import type { ProducerId, RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { collectLog } from './support/logLines.ts';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

const createRoom = async (): Promise<RoomId> => {
  const owner = await server.connect('Owner');
  return (await owner.request('room:create', { name: 'Square' })).room.id;
};

const join = async (name: string, roomId: RoomId): Promise<RawPeer> => {
  const peer = await RawPeer.join(await server.connect(name), roomId);
  peers.push(peer);
  return peer;
};

/** Three in a room, each publishing and subscribed to the others. */
const three = async (): Promise<[RawPeer, RawPeer, RawPeer]> => {
  const roomId = await createRoom();
  const all: [RawPeer, RawPeer, RawPeer] = [
    await join('Ana', roomId),
    await join('Bo', roomId),
    await join('Cyd', roomId),
  ];
  const published = new Map<RawPeer, ProducerId>();
  for (const peer of all) published.set(peer, await peer.publish());
  await Promise.all(
    all.map((peer) =>
      peer.subscribe([...published].filter(([other]) => other !== peer).map(([, id]) => id)),
    ),
  );
  return all;
};

it('brings a packet to the two others and not to its sender', async () => {
  const [ana, bo, cyd] = await three();
  await Promise.all([ana.unmute(), bo.unmute(), cyd.unmute()]);
  const payloads = new Map(
    [ana, bo, cyd].map((peer, index) => [peer, Buffer.alloc(40, index + 1)]),
  );
  for (const [peer, payload] of payloads) peer.say(payload);
  for (const listener of [ana, bo, cyd]) {
    for (const [talker, payload] of payloads) {
      if (talker !== listener) await listener.hears(payload);
    }
  }
  for (const [peer, payload] of payloads) {
    expect(peer.heard.filter((packet) => payload.equals(packet.payload))).toEqual([]);
    expect(peer.heard).toHaveLength(2);
  }
});

it('makes transports and consumers along with a join that asks for it, and makes them anew', async () => {
  const roomId = await createRoom();
  const ana = await join('Ana', roomId);
  const producerId = await ana.publish();
  await ana.unmute();
  const client = await server.connect('Bo');
  const rtpCapabilities = ana.joined.routerRtpCapabilities;
  const media = { rtpCapabilities, kinds: ['audio' as const] };
  const joined = await client.request('room:join', { roomId, media });
  expect(joined.media?.consumers).toMatchObject([{ producerId, kind: 'audio' }]);
  expect(joined.media?.failed).toEqual([]);
  const bo = new RawPeer(client, joined);
  peers.push(bo);
  await bo.receivePrepared();
  ana.say(Buffer.from('first'));
  await bo.hears(Buffer.from('first'));

  const again = await client.request('room:join', { roomId, media });
  expect(again.epoch).toBe(joined.epoch);
  expect(again.media?.receive.id).not.toBe(joined.media?.receive.id);
  expect(server.running.pool.counts).toMatchObject({ transports: 3, producers: 1, consumers: 1 });
  const video = { ...media, kinds: ['video' as const] };
  const none = await client.request('room:join', { roomId, media: video });
  expect(none.media?.consumers).toEqual([]);
  const nonsense = { rtpCapabilities: {}, kinds: ['audio' as const] };
  const refused = await client.request('room:join', { roomId, media: nonsense });
  expect(refused.media?.failed).toEqual([{ producerId, code: 'INVALID_STATE' }]);
});

it('carries nothing while muted, and everything again afterwards', async () => {
  const [ana, bo] = await three();
  ana.say(Buffer.from('before unmute'));
  await ana.settle();
  await ana.unmute();
  ana.say(Buffer.from('unmuted'));
  await bo.hears(Buffer.from('unmuted'));
  await ana.mute();
  ana.say(Buffer.from('muted'));
  await ana.settle();
  await ana.unmute();
  ana.say(Buffer.from('unmuted again'));
  await bo.hears(Buffer.from('unmuted again'));
  const texts = bo.heard.map(({ payload }) => Buffer.from(payload).toString());
  expect(texts).toEqual(['unmuted', 'unmuted again']);
});

it('mutes on the server what the client goes on sending, also by a moderator', async () => {
  const owner = await server.connect('Owner');
  const { room } = await owner.request('room:create', { name: 'Square' });
  const moderator = await RawPeer.join(owner, room.id);
  peers.push(moderator);
  const ana = await join('Ana', room.id);
  const producerId = await ana.publish();
  await moderator.subscribe([producerId]);
  await ana.unmute();
  ana.say(Buffer.from('free'));
  await moderator.hears(Buffer.from('free'));
  await owner.request('mod:mute', { roomId: room.id, participantId: ana.joined.participantId });
  ana.say(Buffer.from('silenced'));
  await moderator.settle();
  await ana.unmute();
  ana.say(Buffer.from('free again'));
  await moderator.hears(Buffer.from('free again'));
  expect(moderator.heard).toHaveLength(2);
});

it('tells who speaks, with a level, and when it is over', async () => {
  const [ana, bo] = await three();
  await ana.unmute();
  ana.talk(-30);
  const heard = await bo.client.next('room:speakers', ({ speakers }) => speakers.length > 0);
  expect(heard.speakers[0]?.participantId).toBe(ana.joined.participantId);
  expect(heard.speakers[0]?.level).toBeGreaterThanOrEqual(-35);
  expect(heard.speakers[0]?.level).toBeLessThanOrEqual(-25);
  ana.hush();
  await until(
    () => bo.client.all('room:speakers').at(-1)?.speakers.length === 0,
    'the empty set of speakers',
  );
});

it('holds a room: nothing is sent and nothing received until it is lifted', async () => {
  const [ana, bo] = await three();
  await Promise.all([ana.unmute(), bo.unmute()]);
  const { roomId } = ana;
  await ana.client.request('room:hold', { roomId, held: true });
  ana.say(Buffer.from('from hold'));
  bo.say(Buffer.from('to hold'));
  await bo.settle();
  await ana.client.request('room:hold', { roomId, held: false });
  ana.say(Buffer.from('back'));
  bo.say(Buffer.from('hello'));
  await bo.hears(Buffer.from('back'));
  await ana.hears(Buffer.from('hello'));
  expect(bo.heard.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['back']);
  expect(ana.heard.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['hello']);
});

it('holds what is not a microphone too, whatever its owner asks for meanwhile', async () => {
  const roomId = await createRoom();
  const [ana, bo] = [await join('Ana', roomId), await join('Bo', roomId)];
  const producerId = await ana.publish('screen_audio');
  await bo.subscribe([producerId]);
  await ana.client.request('room:hold', { roomId, held: true });
  await bo.client.next('room:track-changed', ({ track }) => track.paused);
  await ana.client.request('producer:resume', { producerId });
  ana.say(Buffer.from('from hold'));
  await bo.settle();
  await ana.client.request('room:hold', { roomId, held: false });
  await bo.client.next('room:track-changed', ({ track }) => !track.paused);
  ana.say(Buffer.from('back'));
  await bo.hears(Buffer.from('back'));
  expect(bo.heard).toHaveLength(1);

  await ana.client.request('room:hold', { roomId, held: true });
  const later = await ana.publish('screen_audio');
  await bo.subscribe([later]);
  ana.say(Buffer.from('from hold'));
  await bo.settle();
  await ana.client.request('room:hold', { roomId, held: false });
  ana.say(Buffer.from('again'));
  await bo.hears(Buffer.from('again'));
  expect(bo.heard).toHaveLength(2);
});

it('stays on hold when its media has to be built again', async () => {
  const roomId = await createRoom();
  const before = [
    await join('Ana', roomId),
    await join('Bo', roomId),
    await join('Cyd', roomId),
  ] as const;
  await before[1].client.request('room:hold', { roomId, held: true });
  for (const worker of server.running.pool.workers) process.kill(worker.pid, 'SIGKILL');
  const again: RawPeer[] = [];
  for (const { client } of before) {
    await client.next('media:reset');
    again.push(await RawPeer.join(client, roomId));
  }
  peers.push(...again);
  const [ana, bo, cyd] = again as [RawPeer, RawPeer, RawPeer];
  const microphone = await ana.publish();
  for (const peer of [bo, cyd]) await peer.subscribe([microphone]);
  await ana.unmute();
  const words = Buffer.from('on hold');
  ana.talk(-25, words);
  await until(() => cyd.heard.length > 10, 'the other hears');
  // What comes after this was sent when the first had long been sent to the other.
  await bo.settle();
  expect(bo.heard).toEqual([]);
  await bo.client.request('room:hold', { roomId, held: false });
  await bo.hears(words);
  ana.hush();
});

it('goes on while only the signal is gone', async () => {
  const [ana, bo] = await three();
  await ana.unmute();
  ana.client.cut();
  await bo.client.next('room:participant-changed', ({ participant }) => participant.away);
  ana.say(Buffer.from('still here'));
  await bo.hears(Buffer.from('still here'));
});

it('gives the same consumer to the one who asks twice, and refuses one’s own sound', async () => {
  const [ana, bo] = await three();
  const { client, joined, roomId } = ana;
  const transport = await client.request('transport:create', {
    roomId,
    epoch: joined.epoch,
    direction: 'receive',
  });
  const snapshot = (await bo.client.request('room:snapshot', { roomId })).snapshot;
  const producerOf = (peer: RawPeer): ProducerId => {
    const track = snapshot.tracks.find(
      ({ participantId }) => participantId === peer.joined.participantId,
    );
    if (!track) throw new Error('no track');
    return track.producerId;
  };
  const ask = () =>
    client.request('consumer:create', {
      transportId: transport.id,
      rtpCapabilities: joined.routerRtpCapabilities,
      producerIds: [producerOf(bo), producerOf(ana)],
    });
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(second.consumers).toEqual(first.consumers);
  expect(first.consumers).toHaveLength(1);
  expect(first.failed).toEqual([{ producerId: producerOf(ana), code: 'INVALID_STATE' }]);
});

it('closes a transport without DTLS in time, and one that is replaced', async () => {
  const { log, lines } = collectLog('info');
  const strict = await startTestServer({ media: { dtlsTimeoutMs: 200 } }, log);
  try {
    const client = await strict.connect('Ana');
    const { room } = await client.request('room:create', { name: 'Square' });
    const { epoch } = await client.request('room:join', { roomId: room.id });
    const create = () =>
      client.request('transport:create', { roomId: room.id, epoch, direction: 'send' });
    const dtlsParameters = {
      role: 'client' as const,
      fingerprints: [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }],
    };
    const first = await create();
    const second = await create();
    expect(
      await client.outcome('transport:connect', { transportId: first.id, dtlsParameters }),
    ).toBe('NOT_FOUND');
    await client.request('transport:connect', { transportId: second.id, dtlsParameters });
    // Repeating it is harmless.
    await client.request('transport:connect', { transportId: second.id, dtlsParameters });
    await until(() => strict.running.pool.counts.transports === 0, 'the transport is closed');
    expect(lines.find(({ msg }) => msg === 'Transport closed')).toMatchObject({
      roomId: room.id,
      direction: 'send',
      reason: 'dtls_timeout',
    });
  } finally {
    await strict.stop();
  }
});
