/** The fault API works where tests load it, and there is no way to it from what `npm start` runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import type { Context } from './scenario.ts';
import { FAULT_PATH } from './support/faultApi.ts';
import { startServer, startWithFaults } from './support/server.ts';
import { until } from '../test/support/wait.ts';

// Each start loads the whole server anew, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const undos: (() => unknown)[] = [];
const context: Context = { short: true, say: () => undefined, after: (undo) => undos.push(undo) };

afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo();
});

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) });

it('is not in a production start: 404, whatever the method', async () => {
  const { url } = await startServer(context);
  expect((await post(`${url}${FAULT_PATH}`, { kind: 'throw' })).status).toBe(404);
  expect((await fetch(`${url}${FAULT_PATH}`)).status).toBe(404);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

it('is not imported by anything of the server itself', () => {
  const source = fileURLToPath(new URL('../src', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(files).toContain('main.ts');
  for (const file of files) {
    const text = readFileSync(join(source, file), 'utf8');
    expect(text, file).not.toMatch(/from '[^']*(faults|test)\//);
    expect(text, file).not.toContain(FAULT_PATH);
  }
});

it('refuses what it does not know, and hits nothing that is not there', async () => {
  const { faultUrl, inject } = await startWithFaults(context);
  expect((await post(faultUrl, { kind: 'else' })).status).toBe(400);
  expect((await fetch(faultUrl)).status).toBe(404);
  expect(await inject({ kind: 'drop-socket', userId: 'nobody' })).toBe(0);
  expect(await inject({ kind: 'signal-worker', worker: 7, signal: 'SIGKILL' })).toBe(0);
});

it('drops the connection of one user, and of nobody else', async () => {
  const { connect, inject } = await startWithFaults(context);
  const ana = await connect('Ana');
  const bo = await connect('Bo');
  expect(await inject({ kind: 'drop-socket', userId: ana.welcome.user.id })).toBe(1);
  await until(() => !ana.socket.connected, 'her connection is gone');
  await bo.request('room:list', {});
});

it.each([['throw' as const], ['reject' as const]])(
  'an error that nobody handled (%s) is logged, told to all, and ends the process with 1',
  async (kind) => {
    const environment = { VECHE_SIGNALLING_DRAIN_MS: '10000', LOG_LEVEL: 'info' };
    const server = await startWithFaults(context, environment);
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const { epoch } = await ana.request('room:join', { roomId: room.id });
    await server.inject({ kind });
    // No silent half-life: everyone is told, nobody new comes in, and those inside finish.
    await ana.next('server:draining');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await ana.request('transport:create', { roomId: room.id, epoch, direction: 'send' });
    await ana.request('room:leave', { roomId: room.id });
    expect(await server.process.ended()).toBe(1);
    const log = server.process.output();
    expect(log).toContain('by the fault API');
    expect(log).toContain('unhandled_error');
    expect(log).toContain('faultApi.ts');
  },
);

it('a further error on the way down does not cut short what goes on, and a stop after it ends with 1', async () => {
  const server = await startWithFaults(context, { VECHE_SIGNALLING_DRAIN_MS: '10000' });
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  await ana.request('room:join', { roomId: room.id });
  process.kill(server.process.pid, 'SIGTERM');
  await ana.next('server:draining');
  // Later than a repeated Ctrl-C would be taken for an order to hurry.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await server.inject({ kind: 'throw' });
  await ana.request('room:snapshot', { roomId: room.id });
  await ana.request('room:leave', { roomId: room.id });
  expect(await server.process.ended()).toBe(1);
});
