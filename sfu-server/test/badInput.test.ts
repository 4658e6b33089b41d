/** Whatever a client sends: the right code, nothing changed, and the process lives. */
import { PROTOCOL_VERSION, requests, WireError } from '@veche/protocol';
import type { RequestName } from '@veche/protocol';
import { io } from 'socket.io-client';
import * as z from 'zod/mini';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { guest, TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => server.reset());
afterAll(() => server.stop());

/** An ack that refuses. */
const RefusedAck = z.object({ ok: z.literal(false), error: WireError });
const names = Object.keys(requests) as RequestName[];
const LONG = 'x'.repeat(60_000);
const dtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};
const rtpParameters = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1 }],
};

/** A payload of the right shape for each request, with ids that nobody has. */
const strangers: Record<RequestName, Record<string, unknown>> = {
  'people:list': {},
  'people:watch': { userIds: [] },
  'call:initiate': { to: 'nobody', media: 'audio', key: 'key' },
  'call:answer': { callId: 'nothing' },
  'call:reject': { callId: 'nothing' },
  'call:end': { callId: 'nothing' },
  'call:history': {},
  'call:history-seen': {},
  'room:list': {},
  'room:create': { name: 'Room' },
  'room:join': { roomId: 'nowhere' },
  'room:leave': { roomId: 'nowhere' },
  'room:snapshot': { roomId: 'nowhere' },
  'room:hold': { roomId: 'nowhere', held: true },
  'room:delete': { roomId: 'nowhere' },
  'transport:create': { roomId: 'nowhere', epoch: 1, direction: 'send' },
  'transport:connect': { transportId: 'nothing', dtlsParameters },
  'transport:restart-ice': { transportId: 'nothing' },
  'producer:create': { transportId: 'nothing', kind: 'audio', source: 'microphone', rtpParameters },
  'producer:pause': { producerId: 'nothing' },
  'producer:resume': { producerId: 'nothing' },
  'producer:close': { producerId: 'nothing' },
  'consumer:create': { transportId: 'nothing', rtpCapabilities: {}, producerIds: ['nothing'] },
  'consumer:resume': { consumerIds: ['nothing'] },
  'consumer:pause': { consumerIds: ['nothing'] },
  'consumer:close': { consumerIds: ['nothing'] },
  'consumer:layers': { consumerId: 'nothing', spatialLayer: 0 },
  'mic:set': { roomId: 'nowhere', muted: false },
  'hand:set': { roomId: 'nowhere', raised: true },
  'chat:send': { roomId: 'nowhere', text: 'hi' },
  'mod:mute': { roomId: 'nowhere', participantId: 'nobody' },
  'mod:remove': { roomId: 'nowhere', participantId: 'nobody' },
  'mod:role': { roomId: 'nowhere', participantId: 'nobody', role: 'speaker' },
  'mod:lock': { roomId: 'nowhere', locked: true },
  'mod:mode': { roomId: 'nowhere', mode: 'stage' },
  'mod:voice': { roomId: 'nowhere', posture: 'auto' },
  'mod:join-muted': { roomId: 'nowhere', joinMuted: 'auto' },
  'mod:dismiss-stage': { roomId: 'nowhere' },
};
const harmless = new Set<RequestName>([
  'people:list',
  'people:watch',
  'call:history',
  'call:history-seen',
  'room:list',
  'room:create',
  'consumer:close',
]);
const takesNothing = new Set<RequestName>(['room:list', 'call:history-seen']);
const withoutMustHaves = new Set<RequestName>([
  'room:list',
  'people:list',
  'call:history',
  'call:history-seen',
]);

describe.each(names)('%s', (name) => {
  it('refuses every wrong shape, and names the field', async () => {
    const client = await server.connect('Ana');
    const wrong: unknown[] = [undefined, null, 7, 'text', true, [], [{}]];
    if (!withoutMustHaves.has(name)) wrong.push({});
    for (const [key, value] of Object.entries(strangers[name])) {
      if (name === 'room:create' && key !== 'name') continue;
      wrong.push({ ...strangers[name], [key]: typeof value === 'number' ? 'text' : 7 });
      wrong.push({ ...strangers[name], [key]: null });
      // An object with other keys than expected is one with none: only some may be left out.
      if (typeof value !== 'object') wrong.push({ ...strangers[name], [key]: { deep: [value] } });
      if (typeof value === 'string') wrong.push({ ...strangers[name], [key]: LONG });
    }
    for (const payload of wrong) {
      const answer = await client.raw(name, payload);
      const said = JSON.stringify([payload]).slice(0, 100);
      const { error } = RefusedAck.parse(answer);
      expect(error.code, said).toBe('BAD_REQUEST');
      expect(error.message, said).toMatch(/^[\w.]+: ./);
    }
  });

  it('refuses depth, prototypes, too many and too few arguments', async () => {
    const client = await server.connect('Ana');
    const deep = JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`) as unknown;
    const proto = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    for (const trick of [{ deep }, proto, { a: [proto] }]) {
      const payload: unknown = { ...strangers[name], extra: trick };
      expect(await client.outcome(name, payload)).toBe('BAD_REQUEST');
    }
    expect(await client.outcome(name, strangers[name], {})).toBe('BAD_REQUEST');
    expect(await client.outcome(name)).toBe('BAD_REQUEST');
    expect({}).not.toHaveProperty('polluted');
  });

  it('is dropped without an ack function, and ids that nobody has are not found', async () => {
    const client = await server.connect('Ana');
    client.socket.emit(name, strangers[name]);
    client.socket.emit(name);
    client.socket.emit(name, LONG, null);
    if (!harmless.has(name)) expect(await client.outcome(name, strangers[name])).toBe('NOT_FOUND');
    else if (takesNothing.has(name)) expect(await client.outcome(name, { junk: 1 })).toBe('ok');
    expect(await client.outcome('room:list', {})).toBe('ok');
  });
});

it('knows every request of the protocol', () => {
  expect(Object.keys(strangers).sort()).toEqual([...names].sort());
});

it('answers unknown requests, also those named like built-in things', async () => {
  const client = await server.connect('Ana');
  for (const name of ['nope', 'toString', '__proto__', 'error', 'message', LONG]) {
    expect(await client.outcome(name, {})).toBe('BAD_REQUEST');
  }
  expect(await client.outcome('room:list', {})).toBe('ok');
});

it('does not let anyone touch what is somebody else’s', async () => {
  const ana = await server.connect('Ana');
  const mallory = await server.connect('Mallory');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  const { epoch } = await ana.request('room:join', { roomId });
  const hers = await ana.request('transport:create', { roomId, epoch, direction: 'send' });
  const { producerId } = await ana.request('producer:create', {
    transportId: hers.id,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: 1 }],
    },
  });
  const attempts = async (code: string): Promise<void> => {
    const tries: [RequestName, Record<string, unknown>][] = [
      ['transport:connect', { transportId: hers.id, dtlsParameters }],
      ['transport:restart-ice', { transportId: hers.id }],
      ['producer:create', { ...strangers['producer:create'], transportId: hers.id }],
      ['producer:pause', { producerId }],
      ['producer:resume', { producerId }],
      ['producer:close', { producerId }],
      ['consumer:create', { ...strangers['consumer:create'], transportId: hers.id }],
    ];
    for (const [name, payload] of tries) {
      expect(await mallory.outcome(name, payload), name).toBe(code);
    }
  };
  // From outside the room …
  await attempts('NOT_FOUND');
  for (const name of names.filter((it) => 'roomId' in strangers[it])) {
    if (name === 'room:join' || name === 'room:delete') continue;
    expect(await mallory.outcome(name, { ...strangers[name], roomId, epoch }), name).toBe(
      'NOT_FOUND',
    );
  }
  // … and from inside it.
  const inside = await mallory.request('room:join', { roomId });
  await attempts('NOT_FOUND');
  expect(
    await mallory.outcome('transport:create', { roomId, epoch: epoch - 1, direction: 'send' }),
  ).toBe('MEDIA_RESET');
  for (const name of names.filter((it) => it.startsWith('mod:'))) {
    const participantId = inside.participantId;
    expect(await mallory.outcome(name, { ...strangers[name], roomId, participantId }), name).toBe(
      'FORBIDDEN',
    );
  }
  const { snapshot } = await ana.request('room:snapshot', { roomId });
  expect(snapshot.tracks.map((track) => track.producerId)).toEqual([producerId]);
  expect(snapshot.participants).toHaveLength(2);
});

it('cuts the one whose message is too large, and nobody else', async () => {
  const ana = await server.connect('Ana');
  const mallory = await server.connect('Mallory');
  mallory.socket.emit('room:list', { junk: 'x'.repeat(70_000) }, () => undefined);
  await until(() => mallory.socket.disconnected, 'the sender is cut');
  expect(ana.socket.connected).toBe(true);
  expect(await ana.outcome('room:list', {})).toBe('ok');
});

it('refuses a flood, and cuts who goes on with it', async () => {
  const strict = await startTestServer({
    limits: { requestsPerSecond: 5, requestBurst: 10, strikes: 3 },
  });
  try {
    const mallory = await strict.connect('Mallory');
    const ana = await strict.connect('Ana');
    const burst = await Promise.all(
      Array.from({ length: 12 }, () => mallory.outcome('room:list', {})),
    );
    expect(burst.filter((it) => it === 'ok')).toHaveLength(10);
    expect(burst.filter((it) => it === 'RATE_LIMITED')).toHaveLength(2);
    const flood = setInterval(() => {
      for (let i = 0; i < 10; i++) mallory.socket.emit('room:list', {}, () => undefined);
    }, 50);
    await until(() => mallory.socket.disconnected, 'the flooder is cut', 8000);
    clearInterval(flood);
    expect(await ana.outcome('room:list', {})).toBe('ok');
  } finally {
    await strict.stop();
  }
});

describe('signing in', () => {
  const refusal = (auth: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const socket = io(server.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth,
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
  const deviceId = 'device-0001';

  it('refuses wrong versions, tokens and devices with their codes', async () => {
    const { token } = await guest(server.url, 'Ana');
    const good = { token, deviceId, protocol: PROTOCOL_VERSION };
    expect(await refusal({ ...good, protocol: 99 })).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      protocols: [1],
    });
    expect(await refusal({ ...good, protocol: '1' })).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
    });
    expect(await refusal({ ...good, token: undefined })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refusal({ ...good, token: `${token}x` })).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    expect(await refusal({ ...good, token: none })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refusal({ ...good, deviceId: 'short' })).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal({ ...good, deviceId: 7 })).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('limits how often one user is connected', async () => {
    const ana = await server.connect('Ana');
    const others = Array.from({ length: 4 }, () => server.connect('Ana', { token: ana.token }));
    await Promise.all(others);
    expect(await refusal({ token: ana.token, deviceId, protocol: 1 })).toMatchObject({
      code: 'RATE_LIMITED',
    });
    // One of them again is no other.
    await server.connect('Ana', { token: ana.token, deviceId: ana.deviceId });
  });

  it('refuses pages of other sites, and takes programs and its own page', async () => {
    const { token } = await guest(server.url, 'Ana');
    const from = (origin?: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = io(server.url, {
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
          auth: { token, deviceId, protocol: 1 },
          ...(origin === undefined ? {} : { extraHeaders: { origin } }),
        });
        const done = (connected: boolean) => () => {
          socket.disconnect();
          resolve(connected);
        };
        socket.once('connect', done(true));
        socket.once('connect_error', done(false));
      });
    expect(await from('https://evil.example')).toBe(false);
    expect(await from('null')).toBe(false);
    expect(await from(server.url)).toBe(true);
    expect(await from()).toBe(true);
  });

  it('over HTTP names what is wrong, and renames with a token', async () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/api/guest`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    const bad = [
      '',
      'x',
      '{}',
      '[]',
      '{"name":7}',
      '{"name":"  "}',
      `{"name":"${'a'.repeat(41)}"}`,
    ];
    for (const body of [...bad, '{"name":"a\\u202Eb"}', '{"name":"a\\nb"}']) {
      const response = await post(body);
      expect(response.status, body).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'BAD_REQUEST' } });
    }
    expect((await post(`{"name":"${'a'.repeat(20_000)}"}`)).status).toBe(413);
    expect((await post('{"name":"A"}', { authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await post('{"name":"A"}', { authorization: 'Basic x' })).status).toBe(401);
    const ana = await server.connect('Ana');
    const renamed = await post('{"name":"  Anna\u0308 "}', {
      authorization: `Bearer ${ana.token}`,
    });
    expect(renamed.status).toBe(201);
    const answer = (await renamed.json()) as { token: string; user: unknown };
    expect(answer.user).toEqual({ id: ana.welcome.user.id, name: 'Ann\u00e4' });
    const again = await TestClient.connect(server.url, { name: '', token: answer.token });
    expect(again.welcome.user.name).toBe('Ann\u00e4');
    again.disconnect();
  });
});
