/** Workers that die or stall at the worst moment: nothing is left behind that nobody looks after. */
import * as mediasoup from 'mediasoup';
import type { Worker } from 'mediasoup/types';
import { afterEach, expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const servers: TestServer[] = [];

afterEach(async () => {
  mediasoup.observer.removeAllListeners('newworker');
  for (const server of servers.splice(0)) await server.stop();
});

const start = async (media: Record<string, number>): Promise<TestServer> => {
  const server = await startTestServer({ media });
  servers.push(server);
  return server;
};

it('one that dies while the others still start is replaced', async () => {
  const started: Worker[] = [];
  let isReady = false;
  const next = (): void => {
    const [first, second] = started;
    if (!isReady || !first || !second) return;
    first.once('subprocessclose', () => process.kill(second.pid, 'SIGCONT'));
    process.kill(first.pid, 'SIGKILL');
  };
  mediasoup.observer.on('newworker', (worker) => {
    started.push(worker);
    if (started.length === 1) {
      worker.observer.once('newwebrtcserver', () => {
        isReady = true;
        next();
      });
    }
    // It is not up before the first one is dead.
    if (started.length === 2) process.kill(worker.pid, 'SIGSTOP');
    next();
  });
  const server = await start({ workers: 2 });
  expect(started[0]?.subprocessClosed).toBe(true);
  await until(() => server.running.pool.workers.length === 2, 'both are up', 10_000);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

it('one that stalls in the midst of a track leaves no track that nobody knows of', async () => {
  mediasoup.observer.on('newworker', (worker) => {
    worker.observer.on('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => {
        transport.observer.on('newproducer', () => {
          process.kill(worker.pid, 'SIGSTOP');
        });
      });
    });
  });
  // Too seldom for the watchdog to find it.
  const server = await start({ workers: 1, sampleMs: 60_000 });
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const { epoch } = await ana.request('room:join', { roomId: room.id });
  const asked = { roomId: room.id, epoch, direction: 'send' } as const;
  const { id } = await ana.request('transport:create', asked);
  const startedAt = performance.now();
  const outcome = await ana.outcome('producer:create', {
    transportId: id,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: 1 }],
    },
  });
  expect(outcome).toBe('UNAVAILABLE');
  expect(server.running.pool.counts.producers).toBe(1);
  // The server itself waits for a worker a little longer than its client for the server.
  await until(() => performance.now() - startedAt > 5500, 'it gave up', 10_000);
  const [worker] = server.running.pool.workers;
  process.kill(worker?.pid ?? 0, 'SIGCONT');
  await until(() => server.running.pool.counts.producers === 0, 'the track is closed', 10_000);
  expect((await ana.request('room:snapshot', { roomId: room.id })).snapshot.tracks).toEqual([]);
}, 20_000);
