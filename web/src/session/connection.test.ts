import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, type ConnectionOptions } from './connection.ts';
import { realTimers, silentLog, type Log, type Timers } from './ports.ts';
import { ScriptedServer, NO_ANSWER, Refusal } from './testing/scriptedServer.ts';
import { fastTimers, until } from './testing/until.ts';
import type { AnyNotice } from './wire.ts';

let server: ScriptedServer;
let connection: Connection;
let log: Log;
const warn = vi.fn<Log['warn']>();
let token: string;

const connect = (more: Partial<ConnectionOptions> = {}): Connection => {
  connection = new Connection({
    origin: server.origin,
    deviceId: 'device-of-test',
    token: () => token,
    log,
    timers: fastTimers(),
    ...more,
  });
  return connection;
};
const phase = () => connection.state.current.phase;
const online = () => until(() => expect(phase()).toBe('online'));

beforeEach(async () => {
  server = await ScriptedServer.start();
  warn.mockReset();
  log = { ...silentLog, warn };
  token = 'first-token';
});

afterEach(async () => {
  connection.close();
  await server.stop();
});

describe('signing in', () => {
  it('is online with the welcome', async () => {
    expect(connect().state.current).toEqual({ phase: 'connecting' });
    await online();
    expect(server.handshakes).toEqual([
      { token: 'first-token', deviceId: 'device-of-test', protocol: 1 },
    ]);
    expect(connection.welcome.current?.bootId).toBe('boot-1');
  });

  it('knows the server’s clock', async () => {
    if (server.welcome) server.welcome.serverTime = 5_000_000;
    connect();
    await online();
    expect(connection.serverNow()).toBeGreaterThanOrEqual(5_000_000);
    expect(connection.serverNow()).toBeLessThan(5_000_000 + 60_000);
  });

  it('is not misled when this device’s own clock is set meanwhile', async () => {
    connect({ timers: realTimers });
    await online();
    const before = connection.serverNow();
    for (const hours of [1, -1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
      try {
        expect(Math.abs(connection.serverNow() - before)).toBeLessThan(60_000);
      } finally {
        vi.useRealTimers();
      }
    }
  });

  it.each(['UNAUTHENTICATED', 'UNSUPPORTED_VERSION', 'FORBIDDEN'])('ends with %s', async (code) => {
    server.refuse = () => ({ code, message: 'no' });
    connect();
    await until(() => expect(connection.state.current).toEqual({ phase: 'ended', reason: code }));
    expect(server.handshakes).toHaveLength(1);
  });

  it.each(['UNAVAILABLE', 'RATE_LIMITED'])('tries again after %s', async (code) => {
    server.refuse = () => (server.handshakes.length < 3 ? { code, message: 'wait' } : null);
    connect();
    await online();
    expect(server.handshakes).toHaveLength(3);
  });

  it('tries again when there is no welcome', async () => {
    const { welcome } = server;
    server.welcome = null;
    connect();
    await until(() => expect(server.handshakes).toHaveLength(1));
    server.welcome = welcome;
    await online();
    expect(server.handshakes).toHaveLength(2);
  });

  it('waits for a server that is not there yet', async () => {
    const { port } = server;
    await server.stop();
    connect();
    expect(phase()).toBe('connecting');
    server = await ScriptedServer.start(port);
    await online();
  });
});

describe('a lost signal', () => {
  it('is looked for again, with the token of the moment', async () => {
    connect();
    await online();
    const welcome = connection.welcome.current;
    token = 'renewed-token';
    server.cut();
    await until(() => expect(phase()).toBe('reconnecting'));
    await online();
    expect(connection.welcome.current).not.toBe(welcome);
    expect(server.handshakes.at(-1)?.token).toBe('renewed-token');
  });

  it('is looked for again when the server closed it', async () => {
    connect();
    await online();
    for (const socket of server.sockets) socket.disconnect(true);
    await until(() => expect(phase()).toBe('reconnecting'));
    await online();
  });

  it('is over when the server refuses for good', async () => {
    connect();
    await online();
    server.refuse = () => ({ code: 'UNAUTHENTICATED', message: 'expired' });
    server.cut();
    await until(() =>
      expect(connection.state.current).toEqual({ phase: 'ended', reason: 'UNAUTHENTICATED' }),
    );
  });

  it('ends what was asked, and lets nothing be asked', async () => {
    server.on('room:list', () => NO_ANSWER);
    connect();
    await online();
    const asked = connection.request('room:list', {});
    await until(() => expect(server.requests).toHaveLength(1));
    server.cut();
    await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE', answered: false });
    await expect(connection.request('room:list', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      answered: false,
    });
    await online();
    expect(server.requests).toHaveLength(1);
  });
});

describe('a doubt', () => {
  /** Only the time for an answer is short. */
  const patience = (answerMs: number): Timers => ({
    ...realTimers,
    after: (ms, run) => realTimers.after(ms === 1000 ? answerMs : ms, run),
  });
  const doubted = () => {
    connection.doubt(connection.request('room:list', {}).catch(() => undefined));
  };

  it('makes another socket where there is no answer, without a goodbye', async () => {
    server.on('room:list', () => NO_ANSWER);
    connect({ timers: patience(100) });
    await online();
    const welcome = connection.welcome.current;
    const goodbyes: string[] = [];
    server.sockets[0]?.on('disconnect', (reason) => goodbyes.push(reason));
    doubted();
    await until(() => expect(connection.welcome.current).not.toBe(welcome));
    expect(phase()).toBe('online');
    expect(server.handshakes).toHaveLength(2);
    await until(() => expect(goodbyes).toEqual(['transport close']));
  });

  it('is over with the answer', async () => {
    server.on('room:list', () => ({ rooms: [] }));
    const calledOff = vi.fn<() => void>();
    const after: Timers['after'] = (ms, run) =>
      ms === 1000 ? calledOff : realTimers.after(ms, run);
    connect({ timers: { ...realTimers, after } });
    await online();
    const asked = connection.request('room:list', {});
    connection.doubt(asked);
    expect(calledOff).not.toHaveBeenCalled();
    await asked;
    await until(() => expect(calledOff).toHaveBeenCalledOnce());
  });
});

describe('a sleep', () => {
  it('does not let a request out later that found the connection dead', async () => {
    server.on('room:list', () => ({ rooms: [] }));
    connect();
    await online();
    const awake = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(awake + 120_000);
    const asked = connection.request('room:list', {});
    vi.restoreAllMocks();
    await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE', answered: false });
    await online();
    await expect(connection.request('room:list', {})).resolves.toEqual({ rooms: [] });
    expect(server.requests).toHaveLength(1);
  });
});

describe('the end', () => {
  it('comes when the same device is elsewhere', async () => {
    connect();
    await online();
    server.notify('replaced', { reason: 'same_device' });
    await until(() =>
      expect(connection.state.current).toEqual({ phase: 'ended', reason: 'replaced' }),
    );
    await until(() => expect(server.sockets).toHaveLength(0));
    expect(server.handshakes).toHaveLength(1);
  });

  it('comes when the token is revoked, and not when the server ends a connection otherwise', async () => {
    connect();
    await online();
    for (const reason of ['flooding', 'server_fault'] as const) {
      server.notify('disconnected', { reason });
      for (const socket of server.sockets) socket.disconnect(true);
      await until(() => expect(phase()).toBe('reconnecting'));
      await online();
    }
    server.notify('disconnected', { reason: 'token_revoked' });
    await until(() =>
      expect(connection.state.current).toEqual({ phase: 'ended', reason: 'token_revoked' }),
    );
  });

  it('is told to the server when it is on purpose', async () => {
    connect();
    await online();
    const reasons: string[] = [];
    server.sockets[0]?.on('disconnect', (reason) => reasons.push(reason));
    connection.close();
    expect(connection.state.current).toEqual({ phase: 'ended', reason: 'signed_out' });
    await until(() => expect(reasons).toEqual(['client namespace disconnect']));
  });
});

describe('a request', () => {
  it('gives the checked data', async () => {
    server.on('people:list', () => ({
      people: [{ id: 'u', name: 'Ben', presence: 'online' }],
      unknown: 'is stripped',
    }));
    connect();
    await online();
    await expect(connection.request('people:list', {})).resolves.toEqual({
      people: [{ id: 'u', name: 'Ben', presence: 'online' }],
    });
  });

  it('rejects with the code of the refusal', async () => {
    server.on('room:create', () => {
      throw new Refusal('RATE_LIMITED');
    });
    connect();
    await online();
    await expect(connection.request('room:create', { name: 'x' })).rejects.toMatchObject({
      name: 'RequestError',
      code: 'RATE_LIMITED',
      answered: true,
    });
  });

  it('does not wait for ever, and is not repeated', async () => {
    server.on('room:list', () => NO_ANSWER);
    connect({ requestTimeoutMs: 50 });
    await online();
    await expect(connection.request('room:list', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      answered: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([[{ rooms: 'many' }], [null], [{ rooms: [{ id: 1 }] }]])(
    'does not believe %j',
    async (data) => {
      server.on('room:list', () => data as never);
      connect();
      await online();
      await expect(connection.request('room:list', {})).rejects.toMatchObject({ code: 'INTERNAL' });
    },
  );
});

describe('a notice', () => {
  it('is passed on when it is valid, dropped when not', async () => {
    connect();
    const heard: AnyNotice[] = [];
    connection.listen((notice) => heard.push(notice));
    await online();
    server.notifyRaw('room:speakers', { roomId: 'r', speakers: 'all' });
    server.notifyRaw('something:later', {});
    server.notify('room:speakers', { roomId: 'r', speakers: [] });
    await until(() => expect(heard.map(({ name }) => name)).toEqual(['welcome', 'room:speakers']));
    expect(warn).toHaveBeenCalledOnce();
  });
});
