/** A room that is larger than one worker should serve: its listeners spread over several. */
import type { ProducerId, RoomId, TransportId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MediaWorker } from '../src/media/mediaWorker.ts';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const SLOTS = ['slot:0', 'slot:1'] as ProducerId[];
const PER_ROUTER = 3;

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer({
    media: { workers: 2 },
    voice: { slots: 2, listenersPerRouter: PER_ROUTER, spreadLoad: 1 },
  });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

const join = async (name: string, roomId: RoomId): Promise<RawPeer> => {
  const peer = await RawPeer.join(await server.connect(name), roomId);
  peers.push(peer);
  return peer;
};

const busyWorkers = (): MediaWorker[] =>
  server.running.pool.workers.filter(({ routers }) => routers > 0);

/** Four who speak and hear the slots: three on the worker where all send, one on another. */
const spread = async () => {
  const owner = await server.connect('Owner');
  const { room } = await owner.request('room:create', { name: 'Square' });
  const roomId = room.id;
  const moderator = await RawPeer.join(owner, roomId);
  peers.push(moderator);
  const [home] = busyWorkers();
  await owner.request('mod:voice', { roomId, posture: 'slots' });
  await owner.next('room:voice', ({ voice }) => voice.mode === 'slots');
  const all: RawPeer[] = [];
  for (let index = 0; index < PER_ROUTER + 1; index++) {
    const peer = await join(`Talker ${index}`, roomId);
    await peer.publish();
    await peer.subscribe(SLOTS);
    await peer.unmute();
    all.push(peer);
  }
  const away = busyWorkers().find((worker) => worker !== home);
  if (!home || !away) throw new Error('it did not spread');
  return { roomId, moderator, home, away, all };
};

const numberOf = ({ joined: { snapshot, participantId } }: RawPeer): number =>
  snapshot.participants.find(({ id }) => id === participantId)?.number ?? NaN;

/** Speaks until all of these have heard it, each with the speaker's number. */
const heardByAll = async (listeners: readonly RawPeer[], talker: RawPeer): Promise<void> => {
  const payload = Buffer.from(`from ${numberOf(talker)}`);
  talker.talk(undefined, payload);
  try {
    for (const listener of listeners) {
      const { csrcs } = await listener.hears(payload, 5000);
      expect(csrcs).toEqual([numberOf(talker)]);
    }
  } finally {
    talker.hush();
  }
};

describe('a spread room', () => {
  it('lets all hear everyone but themselves, whatever worker they are on', async () => {
    const { all } = await spread();
    for (const talker of all) {
      await heardByAll(
        all.filter((peer) => peer !== talker),
        talker,
      );
    }
    for (const peer of all) {
      const own = Buffer.from(`from ${numberOf(peer)}`);
      expect(peer.heard.some(({ payload }) => own.equals(payload))).toBe(false);
    }
  });

  it('gives a new transport a consumer of its own, where the old one still waits for its', async () => {
    const { roomId, moderator, home } = await spread();
    const producerId = await moderator.publish('screen_audio');
    const { client, joined } = await join('Late', roomId);
    const create = () =>
      client.request('transport:create', { roomId, epoch: joined.epoch, direction: 'receive' });
    const consume = (transportId: TransportId) =>
      client.request('consumer:create', {
        transportId,
        rtpCapabilities: joined.routerRtpCapabilities,
        producerIds: [producerId],
      });
    const old = await create();
    // From there the track has to be brought.
    process.kill(home.pid, 'SIGSTOP');
    const overtaken = consume(old.id).catch(() => null);
    const { id } = await create();
    const asked = consume(id);
    await client.request('room:snapshot', { roomId });
    process.kill(home.pid, 'SIGCONT');
    expect(await asked).toMatchObject({ consumers: [{ producerId }], failed: [] });
    await overtaken;
    const [consumer] = (await consume(id)).consumers;
    if (!consumer) throw new Error('it is gone');
    await client.request('consumer:resume', { consumerIds: [consumer.consumerId] });
  });

  it('brings other tracks to listeners elsewhere, on first demand', async () => {
    const { roomId, moderator, all } = await spread();
    const producerId = await moderator.publish('screen_audio');
    const { transports } = server.running.pool.counts;
    const late = await join('Late', roomId);
    await late.subscribe([...SLOTS, producerId]);
    const later = await join('Later', roomId);
    await later.subscribe([...SLOTS, producerId]);
    // One of each of them, and one pair of pipes for both.
    expect(server.running.pool.counts.transports).toBe(transports + 4);
    const payload = Buffer.from('a film');
    moderator.talk(undefined, payload);
    await late.hears(payload);
    await later.hears(payload);
    expect(all.flatMap(({ heard }) => heard)).toEqual([]);
    await moderator.client.request('producer:close', { producerId });
    await late.client.next('room:track-unpublished', (it) => it.producerId === producerId);
  });

  it('loses only those whose worker dies, who build their media again', async () => {
    const { roomId, all, away } = await spread();
    const [ana, bo] = all;
    const others = all.slice(PER_ROUTER);
    if (!ana || !bo) throw new Error('nobody');
    away.kill();
    for (const { client, joined } of others) {
      const reset = await client.next('media:reset', () => true, 10_000);
      expect(reset).toMatchObject({ roomId, reason: 'worker_hung' });
      expect(reset.epoch).toBeGreaterThan(joined.epoch);
    }
    ana.heard.length = 0;
    await heardByAll([ana], bo);
    expect([ana, bo].flatMap(({ client }) => client.all('media:reset'))).toEqual([]);
    const { snapshot } = await ana.client.request('room:snapshot', { roomId });
    expect(snapshot.participants).toHaveLength(5);
    expect(snapshot.tracks).toHaveLength(PER_ROUTER);
    await until(() => server.running.pool.workers.length === 2, 'the worker is replaced');
    for (const { client } of others) {
      const again = new RawPeer(client, await client.request('room:join', { roomId }));
      peers.push(again);
      await again.publish();
      await again.subscribe(SLOTS);
      await heardByAll([again], ana);
      await heardByAll([bo], again);
    }
  });

  it('is heard directly again only when all are back on one worker', async () => {
    const { roomId, moderator, all, home } = await spread();
    const direct = { roomId, posture: 'direct' };
    expect(await moderator.client.raw('mod:voice', direct)).toMatchObject({
      ok: false,
      error: { code: 'INVALID_STATE', reason: 'room_spread' },
    });
    await moderator.client.request('mod:voice', { roomId, posture: 'auto' });
    const { snapshot } = await moderator.client.request('room:snapshot', { roomId });
    expect(snapshot.voice.mode).toBe('slots');
    expect(snapshot.room.posture?.wishes.voice).toBe('auto');
    for (const { client } of all.slice(PER_ROUTER)) await client.request('room:leave', { roomId });
    await moderator.client.next('room:voice', ({ voice }) => voice.mode === 'direct');
    expect(busyWorkers()).toEqual([home]);
  });

  it('is heard through slots again by who came while those before were still being closed', async () => {
    const { roomId, moderator, all } = await spread();
    const [talker] = all;
    const last = all.at(-1);
    if (!talker || !last) throw new Error('nobody is there');
    await moderator.client.request('mod:voice', { roomId, posture: 'auto' });
    await last.client.request('room:leave', { roomId });
    await moderator.client.next('room:voice', ({ voice }) => voice.mode === 'direct');
    const { snapshot } = await moderator.client.request('room:snapshot', { roomId });
    const microphones = snapshot.tracks.map(({ producerId }) => producerId);
    // Where all send there is no place left, and for a moment there still are slots elsewhere.
    const late = await join('Late', roomId);
    expect((await late.subscribe(microphones)).failed).toEqual([]);
    const { pool } = server.running;
    const withSlots = pool.counts.producers;
    await until(() => pool.counts.producers < withSlots, 'the slots are closed', 10_000);
    moderator.client.forget();
    await moderator.client.request('mod:voice', { roomId, posture: 'slots' });
    await moderator.client.next('room:voice', ({ voice }) => voice.mode === 'slots');
    expect((await late.subscribe(SLOTS)).failed).toEqual([]);
    await heardByAll([late], talker);
  });
});
