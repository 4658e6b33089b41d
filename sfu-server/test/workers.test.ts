/** Workers that hang or die: their rooms go on elsewhere, and readiness tells the truth. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer({ media: { workers: 2, sampleMs: 200 } });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

const status = async (): Promise<number> => (await fetch(`${server.url}/readyz`)).status;

/** Somebody in a room of their own, with a microphone; and the worker that carries it. */
const inRoom = async (name: string) => {
  const busy = new Set(server.running.pool.workers.filter(({ routers }) => routers > 0));
  const client = await server.connect(name);
  const { room } = await client.request('room:create', { name: 'Square' });
  const peer = await RawPeer.join(client, room.id);
  peers.push(peer);
  await peer.publish();
  await peer.unmute();
  const worker = server.running.pool.workers.find((it) => it.routers > 0 && !busy.has(it));
  if (!worker) throw new Error('no worker');
  return { client, peer, roomId: room.id, worker };
};

it('a worker that hangs is found and killed; its room goes on, the other notices nothing', async () => {
  const ana = await inRoom('Ana');
  const bo = await inRoom('Bo');
  expect(ana.worker.pid).not.toBe(bo.worker.pid);
  process.kill(ana.worker.pid, 'SIGSTOP');
  const reset = await ana.client.next('media:reset', () => true, 10_000);
  expect(reset).toMatchObject({ roomId: ana.roomId, reason: 'worker_hung' });
  expect(reset.epoch).toBeGreaterThan(ana.peer.joined.epoch);
  const { snapshot } = await ana.client.request('room:snapshot', { roomId: ana.roomId });
  expect(snapshot.participants).toMatchObject([{ muted: false, away: false }]);
  await ana.client.request('transport:create', {
    roomId: ana.roomId,
    epoch: reset.epoch,
    direction: 'send',
  });
  expect(bo.client.all('media:reset')).toEqual([]);
  await until(() => server.running.pool.workers.length === 2, 'the worker is replaced');
  expect(await status()).toBe(200);
});

it('three deaths in a minute are told by readiness, and rooms still go on', async () => {
  const ana = await inRoom('Ana');
  for (let deaths = 0; deaths < 2; deaths++) {
    await until(() => server.running.pool.workers.length === 2, 'both workers are up');
    const [victim] = server.running.pool.workers;
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await until(() => !server.running.pool.workers.some((it) => it === victim), 'it is dead');
  }
  // With the one that hung.
  expect(await status()).toBe(503);
  await until(() => server.running.pool.workers.length === 2, 'both are up again');
  expect(await status()).toBe(503);
  const { epoch } = await ana.client.request('room:join', { roomId: ana.roomId });
  const { roomId } = ana;
  await ana.client.request('transport:create', { roomId, epoch, direction: 'receive' });
});
