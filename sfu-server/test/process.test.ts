/** The process: what it prints, refuses, keeps over a restart, and how it ends. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { CallId, DeviceId, UserId } from '@veche/protocol';
import { createCallStore } from '../src/storage/callStore.ts';
import { openDatabase } from '../src/storage/database.ts';
import { hangUp, talk } from './support/calling.ts';
import { childrenOf, isAlive, spawnServer, urlOf } from './support/process.ts';
import type { ServerProcess } from './support/process.ts';
import { TestClient } from './support/testClient.ts';
import { until } from './support/wait.ts';

// Each start loads the whole server anew, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(join(tmpdir(), 'veche-test-'));
const running: ServerProcess[] = [];

const start = (environment: NodeJS.ProcessEnv = {}): ServerProcess => {
  const server = spawnServer({ DATA_DIR: directory, ...environment });
  running.push(server);
  return server;
};

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.child.kill('SIGKILL');
    await server.ended();
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a stop', () => {
  it('by Ctrl-C to the whole group says so while media goes on, ends workers, exits 0', async () => {
    const server = start({ VECHE_SIGNALLING_DRAIN_MS: '5000' });
    const url = await urlOf(server);
    const workers = childrenOf(server.pid);
    expect(workers).toHaveLength(1);
    const ana = await TestClient.connect(url, { name: 'Ana' });
    const { room } = await ana.request('room:create', { name: 'Square' });
    const { epoch } = await ana.request('room:join', { roomId: room.id });
    process.kill(-server.pid, 'SIGINT');
    expect((await ana.next('server:draining')).deadlineMs).toBe(5000);
    // The worker still answers: the signal did not reach it.
    await ana.request('transport:create', { roomId: room.id, epoch, direction: 'send' });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await ana.outcome('room:create', { name: 'Another' })).toBe('UNAVAILABLE');
    // A repeated signal of the same Ctrl-C changes nothing.
    process.kill(-server.pid, 'SIGINT');
    await ana.request('room:leave', { roomId: room.id });
    expect(await server.ended()).toBe(0);
    expect(workers.filter(isAlive)).toEqual([]);
    ana.disconnect();
  });

  it('does not wait for a connection on which nothing was asked', async () => {
    const server = start();
    const { port } = new URL(await urlOf(server));
    // As browsers open them ahead of a request that may never come.
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    process.kill(server.pid, 'SIGTERM');
    expect(await server.ended()).toBe(0);
    await closed;
  });

  it('by SIGTERM lets a call go on until it is over', async () => {
    const server = start({ VECHE_SIGNALLING_DRAIN_MS: '30000' });
    const url = await urlOf(server);
    const ana = await TestClient.connect(url, { name: 'Ana' });
    const bo = await TestClient.connect(url, { name: 'Bo' });
    const callId = await talk(ana, bo);
    server.child.kill('SIGTERM');
    await ana.next('server:draining');
    expect(await ana.outcome('room:join', { callId })).toBe('ok');
    await hangUp(bo, callId);
    expect((await ana.next('call:end')).reason).toBe('hangup');
    expect(await server.ended()).toBe(0);
    ana.disconnect();
    bo.disconnect();
  });

  it('by SIGTERM with nobody inside is quick and clean', async () => {
    const server = start({ VECHE_SIGNALLING_DRAIN_MS: '60000' });
    await urlOf(server);
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
  });

  it('by kill -9 leaves no worker behind', async () => {
    const server = start();
    await urlOf(server);
    const workers = childrenOf(server.pid);
    expect(workers).toHaveLength(1);
    server.child.kill('SIGKILL');
    await server.ended();
    await until(() => !workers.some(isAlive), 'the worker ends too');
  });
});

it('gives workers nothing of its environment or files, and logs nothing of secrets', async () => {
  const server = start({ DATABASE_PASSWORD: 'hunter2', LOG_LEVEL: 'debug' });
  const url = await urlOf(server);
  const [worker = 0] = childrenOf(server.pid);
  const names = readFileSync(`/proc/${worker}/environ`, 'utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => line.split('=', 1)[0]);
  expect(names.filter((name) => name !== 'LD_LIBRARY_PATH')).toEqual(['PATH', 'MEDIASOUP_VERSION']);
  const open = readdirSync(`/proc/${worker}/fd`).map((fd) =>
    readlinkSync(`/proc/${worker}/fd/${fd}`),
  );
  expect(open.filter((path) => path.startsWith(directory))).toEqual([]);
  const ana = await TestClient.connect(url, { name: 'Ana' });
  const { room } = await ana.request('room:create', {
    name: 'Vault',
    password: 'open-sesame-4711',
  });
  await until(() => server.output().includes(room.id), 'the log is written');
  const secret = readFileSync(join(directory, 'secret'), 'utf8').trim();
  for (const hidden of ['hunter2', 'open-sesame-4711', ana.token, secret]) {
    expect(server.output()).not.toContain(hidden);
  }
  ana.disconnect();
});

it('keeps people, rooms and the secret over a restart', async () => {
  const first = start();
  const ana = await TestClient.connect(await urlOf(first), { name: 'Ana' });
  const { room } = await ana.request('room:create', { name: 'Square', password: 'sesame' });
  expect(statSync(join(directory, 'secret')).mode & 0o777).toBe(0o600);
  const { bootId, user } = ana.welcome;
  first.child.kill('SIGKILL');
  await first.ended();
  ana.disconnect();
  const url = await urlOf(start());
  const again = await TestClient.connect(url, { name: '', token: ana.token });
  expect(again.welcome.user).toEqual(user);
  expect(again.welcome.bootId).not.toBe(bootId);
  const { rooms } = await again.request('room:list', {});
  expect(rooms).toContainEqual({ ...room, participantCount: 0 });
  const bo = await TestClient.connect(url, { name: 'Bo' });
  expect(await bo.outcome('room:join', { roomId: room.id, password: 'wrong' })).toBe('FORBIDDEN');
  expect(await bo.outcome('room:join', { roomId: room.id, password: 'sesame' })).toBe('ok');
  again.disconnect();
  bo.disconnect();
});

describe('a start that makes no sense is refused with the setting', () => {
  const occupied = async (): Promise<{ port: number; free: () => void }> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, free: () => server.close() };
  };

  it.each([
    [{ ANNOUNCED_ADDRESS: 'localhost' }, 'ANNOUNCED_ADDRESS'],
    [{ LISTEN_ADDRESSES: '203.0.113.9' }, 'LISTEN_ADDRESSES'],
    [{ MEDIASOUP_WORKER_BIN: '' }, 'npm start'],
    [{ MEDIASOUP_WORKER_BIN: '/nowhere/worker' }, 'MEDIASOUP_WORKER_BIN'],
    [{ VECHE_ENV: 'nowhere' }, 'VECHE_ENV'],
  ])('%o', async (environment, word) => {
    const server = start(environment);
    expect(await server.ended()).toBe(1);
    expect(server.output()).toContain(word);
    expect(server.output()).not.toContain('    at ');
  });

  it('ports that are taken', async () => {
    const { port, free } = await occupied();
    const http = start({ PORT: String(port) });
    expect(await http.ended()).toBe(1);
    expect(http.output()).toContain('PORT');
    const rtc = start({ RTC_PORT: String(port) });
    expect(await rtc.ended()).toBe(1);
    expect(rtc.output()).toContain('RTC_PORT');
    free();
  });

  it('data that cannot be written while there are calls to end in it', async () => {
    const own = mkdtempSync(join(tmpdir(), 'veche-test-'));
    const file = join(own, 'veche.sqlite');
    const database = openDatabase(own);
    createCallStore(database).write({
      id: CallId.parse('call-left-behind'),
      caller: { id: UserId.parse('user-ana'), name: 'Ana' },
      callerDevice: DeviceId.parse('device-ana'),
      callee: { id: UserId.parse('user-bo'), name: 'Bo' },
      calleeDevice: null,
      rang: [],
      media: 'audio',
      placedAt: 1,
      answeredAt: null,
      ended: null,
    });
    // As on a full disk, whoever wants to write is refused.
    database.exec('BEGIN IMMEDIATE');
    const server = start({ DATA_DIR: own });
    expect(await server.ended()).toBe(1);
    const lines = server.output().trim().split('\n');
    expect(lines).toEqual([expect.stringContaining(`${file} cannot be written`)]);
    database.exec('ROLLBACK');
    database.close();
    await urlOf(start({ DATA_DIR: own }));
    rmSync(own, { recursive: true });
  });

  it('a secret that others can read, or that is too short', async () => {
    const own = mkdtempSync(join(tmpdir(), 'veche-test-'));
    const file = join(own, 'secret');
    writeFileSync(file, 'c2hvcnQ\n', { mode: 0o600 });
    const short = start({ DATA_DIR: own });
    expect(await short.ended()).toBe(1);
    expect(short.output()).toContain(file);
    writeFileSync(file, `${'A'.repeat(43)}\n`);
    chmodSync(file, 0o644);
    const open = start({ DATA_DIR: own });
    expect(await open.ended()).toBe(1);
    expect(open.output()).toContain('chmod 600');
    rmSync(own, { recursive: true });
  });
});
