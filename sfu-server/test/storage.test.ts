/** Data that cannot be used or written: said in a sentence, and nothing is half done. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { notices, PROTOCOL_VERSION } from '@veche/protocol';
import { ring } from './support/calling.ts';
import { collectLog } from './support/logLines.ts';
import { guest } from './support/testClient.ts';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let directory: string;
const servers: TestServer[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'veche-test-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  rmSync(directory, { recursive: true });
});

const start = async (log?: Logger): Promise<TestServer> => {
  const settings = { data: { directory }, tokens: { forgetEveryMs: 50 } };
  const server = await startTestServer(settings, log);
  servers.push(server);
  return server;
};

const UNREADABLE = ['people', 'revoked_tokens'];
const DAY_MS = 24 * 3600 * 1000;

/** Bo, whom a moderator has sent out of a room for a while. */
const banned = async (server: TestServer, ana: TestClient) => {
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  await ana.request('room:join', { roomId });
  const { token, user } = await guest(server.url, 'Bo');
  const client = await server.connect('Bo', { token });
  const { participantId } = await client.request('room:join', { roomId });
  await ana.request('mod:remove', { roomId, participantId, banMs: DAY_MS });
  client.disconnect();
  return { roomId, bo: user.id, token };
};

describe('a start is refused, with a sentence that names the directory,', () => {
  const refusal = async (): Promise<unknown> => start().catch((error: unknown) => error);

  it('where another server runs on the same data, until that one has ended', async () => {
    const first = await start();
    const sentence = `Another server runs on ${directory}; set DATA_DIR to another directory.`;
    expect(await refusal()).toMatchObject({ name: 'StartError', message: sentence });
    const ana = await first.connect('Ana');
    expect(await ana.outcome('room:create', { name: 'Square' })).toBe('ok');
    await servers.pop()?.stop();
    await start();
  });

  it('where the file is no database', async () => {
    writeFileSync(join(directory, 'veche.sqlite'), 'x'.repeat(10_000));
    expect(await refusal()).toMatchObject({
      name: 'StartError',
      message: `The data in ${directory} (DATA_DIR) cannot be used: file is not a database.`,
    });
  });

  it('where a newer Veche wrote it', async () => {
    const database = new DatabaseSync(join(directory, 'veche.sqlite'));
    database.exec('PRAGMA user_version = 1000');
    database.close();
    expect(await refusal()).toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('written by a newer Veche') as unknown,
    });
  });

  it('where it is no directory', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const refused = startTestServer({ data: { directory: join(file, 'data') } });
    await expect(refused).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('(DATA_DIR) cannot be used') as unknown,
    });
  });
});

it('what cannot be written down does not happen by half, and happens when it can', async () => {
  const server = await start();
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  await ana.request('room:join', { roomId });
  const bo = await server.connect('Bo');
  const { participantId, epoch } = await bo.request('room:join', { roomId });
  await bo.request('transport:create', { roomId, epoch, direction: 'receive' });
  const before = (await ana.request('room:snapshot', { roomId })).snapshot;

  // As on a full disk, whoever wants to write is refused.
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  const ban = { roomId, participantId, banMs: 60_000 };
  expect(await ana.outcome('mod:remove', ban)).toBe('INTERNAL');
  expect(await ana.outcome('mod:role', { roomId, participantId, role: 'listener' })).toBe(
    'INTERNAL',
  );
  expect((await ana.request('room:snapshot', { roomId })).snapshot).toEqual(before);
  expect(await bo.outcome('chat:send', { roomId, text: 'still here' })).toBe('ok');
  expect(server.running.pool.counts.transports).toBe(1);
  other.exec('ROLLBACK');
  other.close();

  expect(await ana.outcome('mod:remove', ban)).toBe('ok');
  expect((await bo.next('removed')).reason).toBe('banned');
  expect(await bo.outcome('room:join', { roomId })).toBe('FORBIDDEN');
  const { snapshot } = await ana.request('room:snapshot', { roomId });
  expect(snapshot.participants).toHaveLength(1);
});

it('who waits for another program that writes holds up nobody else', async () => {
  const server = await start();
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  await ana.request('room:join', { roomId });
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  other.exec('BEGIN EXCLUSIVE');
  const asked = Array.from({ length: 5 }, () => bo.outcome('room:create', { name: 'Hall' }));
  const since = performance.now();
  expect(await ana.outcome('chat:send', { roomId, text: 'anyone?' })).toBe('ok');
  expect(performance.now() - since).toBeLessThan(1500);
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['INTERNAL']));
  other.exec('ROLLBACK');
  other.close();
  expect(await bo.outcome('room:create', { name: 'Hall' })).toBe('ok');
});

it('calls that cannot be written down are so when they can, also as the server goes down', async () => {
  const server = await start();
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const missed = async (): Promise<unknown[]> =>
    (await bo.request('call:history', {})).entries.map(({ reason, seen }) => [reason, seen]);
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  const live = other.prepare('SELECT id FROM live_calls');
  const begun = await ring(ana, bo);
  other.exec('BEGIN IMMEDIATE');
  await ana.request('call:end', { callId: begun });
  const whole = await ring(ana, bo);
  await ana.request('call:end', { callId: whole });
  expect(await missed()).toEqual([]);
  expect(live.all()).toEqual([{ id: begun }]);
  other.exec('ROLLBACK');
  await until(async () => (await missed()).length === 2, 'both are in his list');
  expect(await missed()).toEqual(Array(2).fill(['cancelled', false]));
  expect(live.all()).toEqual([]);

  other.exec('BEGIN IMMEDIATE');
  const last = await ring(ana, bo);
  await ana.request('call:end', { callId: last });
  other.exec('ROLLBACK');
  await servers.pop()?.stop();
  expect(other.prepare('SELECT 1 FROM call_history WHERE call_id = ?').all(last)).toHaveLength(2);
  other.close();
});

it('whoever connects while nothing can be written is told to come back, not to stay away', async () => {
  const server = await start();
  const { token } = await guest(server.url, 'Ana');
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  // The token outlives the data; she would be written down anew.
  other.exec('DELETE FROM people; BEGIN IMMEDIATE');
  await expect(server.connect('Ana', { token })).rejects.toMatchObject({
    data: { code: 'UNAVAILABLE' },
  });
  other.exec('ROLLBACK');
  other.close();
  const ana = await server.connect('Ana', { token });
  expect(ana.welcome.user.name).toBe('Ana');
});

it('whoever cannot be welcomed is told why and comes back, and the others stay', async () => {
  const { log, lines } = collectLog('info');
  const server = await start(log);
  const ana = await server.connect('Ana');
  const { token } = await guest(server.url, 'Bo');
  const auth = { token, deviceId: 'device-bo', protocol: PROTOCOL_VERSION };
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  other.exec('ALTER TABLE call_history RENAME TO unreadable');
  const bo = io(server.url, { transports: ['websocket'], reconnection: false, auth });
  try {
    const end = await new Promise((resolve) => bo.once('disconnected', resolve));
    expect(notices.disconnected.payload.parse(end)).toEqual({ reason: 'server_fault' });
    await until(() => bo.disconnected, 'the connection ends');
    expect(lines.find(({ msg }) => msg === 'Connection cut')).toMatchObject({
      deviceId: 'device-bo',
      reason: 'server_fault',
    });
    other.exec('ALTER TABLE unreadable RENAME TO call_history');
    const welcome = new Promise((resolve) => bo.once('welcome', resolve));
    bo.connect();
    expect(notices.welcome.payload.parse(await welcome).user.name).toBe('Bo');
    expect(await ana.outcome('room:list', {})).toBe('ok');
  } finally {
    other.close();
    bo.disconnect();
  }
});

it('people all of whose tokens are over are forgotten; what rooms hold of them is not', async () => {
  const server = await start();
  const ana = await server.connect('Ana');
  const { roomId, bo, token } = await banned(server, ana);
  const names = async (): Promise<string[]> =>
    (await ana.request('people:list', {})).people.map(({ name }) => name);
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  const tokensUntil = other.prepare('SELECT tokens_until FROM people WHERE id = ?');
  expect(tokensUntil.get(bo)?.['tokens_until']).toBeGreaterThan(Date.now() + 399 * DAY_MS);
  other.prepare('UPDATE people SET tokens_until = ? WHERE id = ?').run(Date.now() - 2 * DAY_MS, bo);
  other.close();
  await until(async () => !(await names()).includes('Bo'), 'he is forgotten');
  expect(await names()).toEqual(['Ana']);
  // As if he could come back.
  const again = await server.connect('Bo', { token });
  expect(await again.outcome('room:join', { roomId })).toBe('FORBIDDEN');
});

it('what is read by and by, and cannot be, is read again later', async () => {
  const { log, lines } = collectLog('info');
  const server = await start(log);
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const { id } = bo.welcome.user;
  await ana.request('people:watch', { userIds: [id] });
  const other = new DatabaseSync(join(directory, 'veche.sqlite'));
  for (const table of UNREADABLE) other.exec(`ALTER TABLE ${table} RENAME TO un_${table}`);
  bo.disconnect();
  for (const msg of ['Presence not told', 'Tokens not looked over']) {
    await until(() => lines.some((line) => line.msg === msg), msg);
  }
  for (const table of UNREADABLE) other.exec(`ALTER TABLE un_${table} RENAME TO ${table}`);
  other.close();
  await ana.next('presence:changed', ({ people }) =>
    people.some((person) => person.id === id && person.presence === 'offline'),
  );
});
