/** While a dead worker's rooms have no new one yet: what is answered, logged and counted. */
import type { LogLine } from './support/logLines.ts';
import { collectLog } from './support/logLines.ts';
import { readMetrics } from './support/metrics.ts';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;
let lines: readonly LogLine[];

beforeAll(async () => {
  // The only worker: until it is replaced, there is none.
  const { log, lines: collected } = collectLog('info');
  lines = collected;
  server = await startTestServer({}, log);
});
afterEach(() => server.reset());
afterAll(() => server.stop());

const killWorker = async (): Promise<void> => {
  const [worker] = server.running.pool.workers;
  if (!worker) throw new Error('no worker');
  process.kill(worker.pid, 'SIGKILL');
  await until(() => !worker.alive, 'it is dead');
};

it('ids of media that died are answered with MEDIA_RESET at once, those of nobody with NOT_FOUND', async () => {
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const { epoch } = await ana.request('room:join', { roomId: room.id });
  const { id: transportId } = await ana.request('transport:create', {
    roomId: room.id,
    epoch,
    direction: 'send',
  });
  await killWorker();
  expect(ana.all('media:reset')).toEqual([]);
  expect(await ana.outcome('transport:restart-ice', { transportId })).toBe('MEDIA_RESET');
  const stranger = { transportId: 'nothing' };
  expect(await ana.outcome('transport:restart-ice', stranger)).toBe('NOT_FOUND');
  await ana.next('media:reset');
  expect(await ana.outcome('transport:restart-ice', { transportId })).toBe('MEDIA_RESET');
});

const logged = (msg: string): LogLine[] => lines.filter((line) => line.msg === msg);

it('a death is told by the log with the last requests, by metrics, and by readiness', async () => {
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const { epoch } = await ana.request('room:join', { roomId: room.id });
  const { id } = await ana.request('transport:create', {
    roomId: room.id,
    epoch,
    direction: 'send',
  });
  await ana.request('transport:restart-ice', { transportId: id });
  const before = await readMetrics(server.url);
  const deaths = logged('Media worker died').length;
  await killWorker();
  await ana.next('media:reset');
  await until(() => server.running.pool.workers.length === 1, 'it is replaced');

  expect(logged('Media worker died')).toHaveLength(deaths + 1);
  expect(logged('Media worker died').at(-1)).toMatchObject({ reason: 'worker_died' });
  expect(logged('Its last requests').at(-1)?.['requests']).toMatchObject([
    { request: 'transport:create', payload: JSON.stringify({ id, direction: 'send' }) },
    { request: 'transport:restart-ice', payload: JSON.stringify({ id }) },
  ]);
  expect(logged('Media worker replaced').length).toBeGreaterThan(deaths);
  expect(logged('Media moved to a new router').at(-1)).toMatchObject({
    roomId: room.id,
    reason: 'worker_died',
  });

  await ana.request('room:leave', { roomId: room.id });
  const after = await readMetrics(server.url);
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(grown('veche_worker_deaths_total{reason="worker_died"}')).toBe(1);
  expect(grown('veche_workers_replaced_total')).toBe(1);
  expect(grown('veche_media_resets_total{reason="worker_died"}')).toBe(1);
  expect(grown('veche_participants_left_total{reason="left"}')).toBe(1);
  expect(after.get('veche_ice_restarts_total')).toBe(1);
  expect(logged('ICE restarted')).toMatchObject([{ userId: ana.welcome.user.id }]);
});

it('says who was refused, and why nobody new should be sent here', async () => {
  const ready = async (): Promise<string> => (await fetch(`${server.url}/readyz`)).text();
  expect(JSON.parse(await ready())).toEqual({ status: 'ok' });
  const refused = await server.connect('Mallory', { token: 'nonsense' }).catch(() => 'refused');
  expect(refused).toBe('refused');
  const metrics = await readMetrics(server.url);
  expect(metrics.get('veche_connections_refused_total{code="UNAUTHENTICATED"}')).toBe(1);
  // The third in a minute, with those above.
  await killWorker();
  expect(await ready()).toContain('media workers die one after another');
  await until(() => server.running.pool.workers.length === 1, 'it is replaced');
  server.running.drain();
  expect(await ready()).toContain('the server is going down');
});
