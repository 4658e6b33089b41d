/** While a dead worker's rooms have no new one yet: what is answered, logged and counted. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;

beforeAll(async () => {
  // The only worker: until it is replaced, there is none.
  server = await startTestServer();
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
