/** Tokens on the wire: looked at when somebody connects, when they come back, and all the while. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt, SignJWT } from 'jose';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { talk } from './support/calling.ts';
import { collectLog } from './support/logLines.ts';
import { RawSocket } from './support/rawSocket.ts';
import { guest } from './support/testClient.ts';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const REVOKE = fileURLToPath(new URL('../src/revoke.ts', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'veche-test-'));
const { log, lines } = collectLog('debug');
let server: TestServer;

beforeAll(async () => {
  const settings = { data: { directory }, signalling: { watchMs: 50 }, tokens: { skewMs: 0 } };
  server = await startTestServer(settings, log);
});
afterEach(() => server.reset());
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

/** A token of this person that is valid for `forMs`, as the server itself would make it. */
const tokenOf = ({ token }: { token: string }, forMs: number): Promise<string> => {
  const secret = Buffer.from(readFileSync(join(directory, 'secret'), 'utf8').trim(), 'base64url');
  const exp = Math.ceil((Date.now() + forMs) / 1000);
  return new SignJWT({ ...decodeJwt(token), jti: `short-${forMs}`, exp })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secret);
};

/** What a connect is refused with. */
const refusal = (token: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = io(server.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, deviceId: 'device-0001', protocol: PROTOCOL_VERSION },
    });
    socket.once('connect', () => {
      socket.disconnect();
      reject(new Error('connected'));
    });
    socket.once('connect_error', (error: Error & { data?: unknown }) => {
      socket.disconnect();
      resolve(error.data);
    });
  });

const http = (method: 'POST' | 'DELETE', token: string): Promise<Response> =>
  fetch(`${server.url}/api/guest`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: '{"name":"Ana"}' } : {}),
  });

const isCut = async (client: TestClient, reason: string): Promise<void> => {
  expect((await client.next('disconnected')).reason).toBe(reason);
  await until(() => client.socket.disconnected, 'the connection ends');
  const { user, deviceId } = client.welcome;
  const said = lines.filter(
    ({ msg, ...line }) => msg === 'Connection cut' && line['deviceId'] === deviceId,
  );
  expect(said).toEqual([expect.objectContaining({ userId: user.id, reason })]);
};

describe('a token that ends', () => {
  it('ends its connections then, with the reason, and opens no new one', async () => {
    const token = await tokenOf(await guest(server.url, 'Ana'), 1500);
    const ana = await server.connect('Ana', { token });
    const bo = await server.connect('Bo');
    await isCut(ana, 'token_expired');
    expect(Date.now()).toBeGreaterThan((decodeJwt(token).exp ?? 0) * 1000);
    expect(await refusal(token)).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'token_expired',
    });
    expect((await http('POST', token)).status).toBe(401);
    expect(await bo.outcome('room:list', {})).toBe('ok');
  });

  it('ends none when it was renewed: they go on with the fresh one', async () => {
    const token = await tokenOf(await guest(server.url, 'Ana'), 1500);
    const ana = await server.connect('Ana', { token });
    const renewed = await http('POST', token);
    expect(renewed.status).toBe(201);
    const { expiresAt } = (await renewed.json()) as { expiresAt: number };
    expect(expiresAt).toBeGreaterThan(Date.now() + 86_400_000);
    const exp = (decodeJwt(token).exp ?? 0) * 1000;
    await until(() => Date.now() > exp + 300, 'the former token is over');
    expect(await ana.outcome('room:list', {})).toBe('ok');
    expect(ana.all('disconnected')).toEqual([]);
  });
});

describe('a token that is revoked', () => {
  it('by signing out is over for its connections and whoever replays it, and no other is', async () => {
    const first = await server.connect('Ana');
    const second = await server.connect('Ana', { token: first.token });
    const { token } = (await (await http('POST', first.token)).json()) as { token: string };
    // Both go on under the renewed one; this one stays with another.
    const third = await server.connect('Ana', { token: first.token });
    expect((await http('DELETE', token)).status).toBe(204);
    await Promise.all([isCut(first, 'token_revoked'), isCut(second, 'token_revoked')]);
    const revoked = { code: 'UNAUTHENTICATED', reason: 'token_revoked' };
    expect(await refusal(token)).toMatchObject(revoked);
    for (const method of ['POST', 'DELETE'] as const) {
      expect((await http(method, token)).status).toBe(401);
    }
    expect(await third.outcome('room:list', {})).toBe('ok');
  });

  it('costs the seat and the call at once: nobody listens on without a right', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const bo = await server.connect('Bo');
    await ana.request('room:join', { roomId: room.id });
    const { epoch } = await bo.request('room:join', { roomId: room.id });
    await bo.request('transport:create', { roomId: room.id, epoch, direction: 'receive' });
    const cyd = await server.connect('Cyd');
    const callId = await talk(bo, cyd);
    expect((await http('DELETE', bo.token)).status).toBe(204);
    await isCut(bo, 'token_revoked');
    expect((await ana.next('room:participant-left')).reason).toBe('removed');
    expect((await cyd.next('call:end', (end) => end.callId === callId)).reason).toBe('hangup');
    expect(server.running.pool.counts.transports).toBe(0);
    expect(server.running.calls.counts.active).toBe(0);
  });

  it('costs the seat and the call also of somebody whose signal is lost: the sound would go on', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const bo = await server.connect('Bo');
    await ana.request('room:join', { roomId: room.id });
    const { epoch } = await bo.request('room:join', { roomId: room.id });
    await bo.request('transport:create', { roomId: room.id, epoch, direction: 'receive' });
    const cyd = await server.connect('Cyd');
    const callId = await talk(bo, cyd);
    bo.socket.io.engine.close();
    await ana.next('room:participant-changed', ({ participant }) => participant.away);
    expect((await http('DELETE', bo.token)).status).toBe(204);
    // Long before the grace is over.
    expect((await ana.next('room:participant-left')).reason).toBe('removed');
    expect((await cyd.next('call:end', (end) => end.callId === callId)).reason).toBe('hangup');
    expect(server.running.pool.counts.transports).toBe(0);
  });

  it('by the operator is over with all that the person had, while the server runs', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const other = (await (await http('POST', ana.token)).json()) as { token: string };
    const printed = execFileSync(process.execPath, [REVOKE, ana.welcome.user.id], {
      env: { ...process.env, VECHE_ENV: 'test', DATA_DIR: directory },
      encoding: 'utf8',
    });
    expect(printed).toContain('Ana');
    await isCut(ana, 'token_revoked');
    for (const token of [ana.token, other.token]) {
      expect(await refusal(token)).toMatchObject({ reason: 'token_revoked' });
    }
    expect(await bo.outcome('room:list', {})).toBe('ok');
    expect(() =>
      execFileSync(process.execPath, [REVOKE, 'nobody'], {
        env: { ...process.env, VECHE_ENV: 'test', DATA_DIR: directory },
        stdio: 'pipe',
      }),
    ).toThrow('nobody has the id');
  });

  it('is refused with its name where a directory holds no data, and makes none there', () => {
    const empty = mkdtempSync(join(tmpdir(), 'veche-empty-'));
    expect(() =>
      execFileSync(process.execPath, [REVOKE, randomUUID()], {
        env: { ...process.env, VECHE_ENV: 'test', DATA_DIR: empty },
        stdio: 'pipe',
      }),
    ).toThrow(`DATA_DIR: there is no data of a server in ${empty}`);
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });
});

it('lets one person connect no more often than it should, also all at once', async () => {
  const { token } = await guest(server.url, 'Ana');
  const all = await Promise.allSettled(
    Array.from({ length: 30 }, () => server.connect('Ana', { token })),
  );
  const isOpen = (one: PromiseSettledResult<TestClient>): boolean =>
    one.status === 'fulfilled' && one.value.socket.connected;
  await until(() => all.filter(isOpen).length <= 5, 'five are left');
  expect(all.filter(isOpen)).toHaveLength(5);
});

it('writes no token, password or secret into the log', async () => {
  const secret = readFileSync(join(directory, 'secret'), 'utf8').trim();
  const password = 'open-sesame-4711';
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const { room } = await ana.request('room:create', { name: 'Vault', password });
  expect(await bo.outcome('room:join', { roomId: room.id, password: `${password}!` })).toBe(
    'FORBIDDEN',
  );
  expect(await bo.outcome('room:join', { roomId: room.id, password })).toBe('ok');
  expect(await bo.outcome('room:join', { roomId: 7, password, token: bo.token })).toBe(
    'BAD_REQUEST',
  );
  await refusal(`${ana.token}x`);
  expect((await http('POST', `${ana.token}x`)).status).toBe(401);
  expect((await http('DELETE', bo.token)).status).toBe(204);
  await isCut(bo, 'token_revoked');
  const text = JSON.stringify(lines);
  expect(text).toContain(room.id);
  for (const hidden of [secret, password, ana.token, bo.token]) expect(text).not.toContain(hidden);
});

it('tells each of those that are too many why they cannot stay, also where all come in one moment', async () => {
  const { token } = await guest(server.url, 'Ana');
  const sockets = await Promise.all(Array.from({ length: 30 }, () => RawSocket.open(server.url)));
  for (const [index, socket] of sockets.entries()) {
    const auth = { token, deviceId: `device-${index}-of-many`, protocol: PROTOCOL_VERSION };
    socket.send(`40${JSON.stringify(auth)}`);
  }
  const told = (word: string): number =>
    sockets.filter(({ texts }) => texts.some((text) => text.includes(word))).length;
  await until(() => told('"welcome"') + told('RATE_LIMITED') + told('flooding') === 30, 'all know');
  expect(told('"welcome"')).toBe(5);
  for (const socket of sockets) socket.tcp.destroy();
});
