/** Every quota is a setting, and holds: for whoever goes over it, and for nobody else. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { collectLog } from './support/logLines.ts';
import { RawSocket } from './support/rawSocket.ts';
import { guest } from './support/testClient.ts';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

type Settings = Parameters<typeof startTestServer>[0];

/** A server with these settings, as long as `use` takes. */
const withServer = async (
  settings: Settings,
  use: (server: TestServer, lines: ReturnType<typeof collectLog>['lines']) => Promise<void>,
): Promise<void> => {
  const { log, lines } = collectLog('info');
  const server = await startTestServer(settings, log);
  try {
    await use(server, lines);
  } finally {
    await server.stop();
  }
};

const dtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};
const rtpParameters = (ssrc: number): object => ({
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc }],
});

/** A seat in a room of one's own. */
const seat = async (client: TestClient) => {
  const { room } = await client.request('room:create', { name: 'Square' });
  const { epoch } = await client.request('room:join', { roomId: room.id });
  return { roomId: room.id, epoch };
};

type Ask = () => Promise<string>;

/** What to ask again and again; all that comes before it is of another kind. */
const repeated: Record<string, (client: TestClient, server: TestServer) => Promise<Ask>> = {
  joinsPer10s: (client) =>
    Promise.resolve(() => client.outcome('room:join', { roomId: 'nowhere' })),
  initiatesPerMinute: async (client, server) => {
    const other = await server.connect('Bo');
    const to = other.welcome.user.id;
    other.disconnect();
    let key = 0;
    return () => client.outcome('call:initiate', { to, media: 'audio', key: `key-${key++}` });
  },
  roomsPerMinute: (client) =>
    Promise.resolve(() => client.outcome('room:create', { name: 'Room' })),
  transportsPerMinute: async (client) => {
    const { roomId, epoch } = await seat(client);
    return () => client.outcome('transport:create', { roomId, epoch, direction: 'send' });
  },
  iceRestartsPerMinute: async (client) => {
    const where = await seat(client);
    const { id } = await client.request('transport:create', { ...where, direction: 'send' });
    return () => client.outcome('transport:restart-ice', { transportId: id });
  },
  producersPerMinute: async (client) => {
    const where = await seat(client);
    const { id } = await client.request('transport:create', { ...where, direction: 'send' });
    await client.raw('transport:connect', { transportId: id, dtlsParameters });
    let ssrc = 1;
    return async () => {
      const asked = { transportId: id, kind: 'audio', source: 'microphone' };
      const answer = await client.raw('producer:create', {
        ...asked,
        rtpParameters: rtpParameters(ssrc++),
      });
      const made = JSON.stringify(answer);
      const producerId = /"producerId":"([^"]+)"/.exec(made)?.[1];
      if (producerId === undefined) return /"code":"(\w+)"/.exec(made)?.[1] ?? made;
      return client.outcome('producer:close', { producerId });
    };
  },
  searchesPer10s: (client) => Promise.resolve(() => client.outcome('people:list', {})),
  wrongPasswordsPerMinute: (client) =>
    Promise.resolve(() => client.outcome('room:join', { roomId: 'nowhere', password: 'guess' })),
  chatPer5s: async (client) => {
    const { roomId } = await seat(client);
    return () => client.outcome('chat:send', { roomId, text: 'hi' });
  },
};

it.each(Object.keys(repeated))('limits.%s holds for each user', (name) =>
  withServer({ limits: { [name]: 2 } }, async (server) => {
    const ana = await server.connect('Ana');
    const prepare = repeated[name];
    if (!prepare) throw new Error('no such limit');
    const ask = await prepare(ana, server);
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await ask());
    // Preparing may have taken one of the same quota.
    expect(outcomes[0]).not.toBe('RATE_LIMITED');
    expect(outcomes.slice(2)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    const other = await server.connect('Cyd');
    expect(await (await prepare(other, server))()).not.toBe('RATE_LIMITED');
  }),
);

describe('passwords', () => {
  const vault = async (server: TestServer) => {
    const ana = await server.connect('Ana');
    const asked = { name: 'Vault', password: 'sesame' };
    const hidden = await ana.request('room:create', { ...asked, visibility: 'unlisted' });
    const listed = await ana.request('room:create', asked);
    return { hidden: hidden.room.id, listed: listed.room.id };
  };

  it('that are wrong are few for each user, in all rooms and in none, and right ones are not counted', () =>
    withServer({ limits: { wrongPasswordsPerMinute: 2 } }, async (server) => {
      const { hidden, listed } = await vault(server);
      const bo = await server.connect('Bo');
      const join = (roomId: string, password: string): Promise<string> =>
        bo.outcome('room:join', { roomId, password });
      for (let i = 0; i < 4; i++) {
        expect(await join(listed, 'sesame')).toBe('ok');
        expect(await bo.outcome('room:leave', { roomId: listed })).toBe('ok');
      }
      expect(await join(listed, 'guess')).toBe('FORBIDDEN');
      expect(await join('nowhere', 'guess')).toBe('NOT_FOUND');
      // The answer does not tell which rooms there are, nor whether this one would have been right.
      for (const roomId of [listed, hidden, 'nowhere']) {
        expect(await join(roomId, 'sesame')).toBe('RATE_LIMITED');
      }
      const cyd = await server.connect('Cyd');
      expect(await cyd.outcome('room:join', { roomId: hidden, password: 'sesame' })).toBe('ok');
    }));

  it('that are wrong are few when many are tried at once', () =>
    withServer({ limits: { wrongPasswordsPerMinute: 3 } }, async (server) => {
      const { listed } = await vault(server);
      const bo = await server.connect('Bo');
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          bo.outcome('room:join', { roomId: listed, password: `guess-${index}` }),
        ),
      );
      expect(outcomes.filter((it) => it === 'FORBIDDEN')).toHaveLength(3);
      expect(outcomes.filter((it) => it === 'RATE_LIMITED')).toHaveLength(9);
    }));

  it('that are wrong are few for each address, however many guests it makes up', () =>
    withServer({ limits: { wrongPasswordsPerMinutePerAddress: 4 } }, async (server) => {
      const { listed } = await vault(server);
      const outcomes = [];
      for (const name of ['Bo', 'Cyd', 'Dan', 'Eve', 'Fay', 'Gus']) {
        const guesser = await server.connect(name);
        outcomes.push(await guesser.outcome('room:join', { roomId: listed, password: 'guess' }));
      }
      expect(outcomes.slice(0, 4)).toEqual(Array(4).fill('FORBIDDEN'));
      expect(outcomes.slice(4)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    }));
});

it('limits.requestBurst holds for a user who comes back, and who comes several times', () =>
  withServer({ limits: { requestsPerSecond: 1, requestBurst: 6 } }, async (server) => {
    const ana = await server.connect('Ana');
    const beside = await server.connect('Ana', { token: ana.token });
    for (let i = 0; i < 3; i++) {
      expect(await ana.outcome('room:list', {})).toBe('ok');
      expect(await beside.outcome('room:list', {})).toBe('ok');
    }
    expect(await beside.outcome('room:list', {})).toBe('RATE_LIMITED');
    ana.disconnect();
    const again = await server.connect('Ana', { token: ana.token, deviceId: ana.deviceId });
    const outcomes = [];
    for (let i = 0; i < 6; i++) outcomes.push(await again.outcome('room:list', {}));
    expect(outcomes).toContain('RATE_LIMITED');
    expect(await (await server.connect('Bo')).outcome('room:list', {})).toBe('ok');
  }));

it('a track is described in at most 16 KB', () =>
  withServer({}, async (server) => {
    const ana = await server.connect('Ana');
    const where = await seat(ana);
    const { id } = await ana.request('transport:create', { ...where, direction: 'send' });
    const described = (padding: number): object => {
      const parameters = Object.fromEntries(
        Array.from({ length: padding }, (_, index) => [`x-${index}`, 'x'.repeat(1000)]),
      );
      return {
        codecs: [
          { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters },
        ],
        encodings: [{ ssrc: 1 }],
      };
    };
    const asked = { transportId: id, kind: 'audio', source: 'microphone' };
    const outcome = (padding: number): Promise<string> =>
      ana.outcome('producer:create', { ...asked, rtpParameters: described(padding) });
    expect(await outcome(17)).toBe('BAD_REQUEST');
    expect(await outcome(10)).toBe('ok');
  }));

it('rooms.maxRoomsPerUser holds for each user', () =>
  withServer({ rooms: { maxRoomsPerUser: 1 } }, async (server) => {
    const ana = await server.connect('Ana');
    expect(await ana.outcome('room:create', { name: 'One' })).toBe('ok');
    expect(await ana.outcome('room:create', { name: 'Two' })).toBe('RATE_LIMITED');
    expect(await (await server.connect('Bo')).outcome('room:create', { name: 'Mine' })).toBe('ok');
  }));

it('limits.consumersPerParticipant holds for each seat', () =>
  withServer({ limits: { consumersPerParticipant: 1 } }, async (server) => {
    const ana = await server.connect('Ana');
    const where = await seat(ana);
    const producerIds = [];
    for (const name of ['Bo', 'Cyd']) {
      const client = await server.connect(name);
      const { epoch } = await client.request('room:join', { roomId: where.roomId });
      const asked = { roomId: where.roomId, epoch, direction: 'send' } as const;
      const { id } = await client.request('transport:create', asked);
      const made = await client.raw('producer:create', {
        transportId: id,
        kind: 'audio',
        source: 'microphone',
        rtpParameters: rtpParameters(1),
      });
      producerIds.push(/"producerId":"([^"]+)"/.exec(JSON.stringify(made))?.[1] ?? '');
    }
    const { id } = await ana.request('transport:create', { ...where, direction: 'receive' });
    const { routerRtpCapabilities: rtpCapabilities } = ana.welcome;
    const answer = await ana.raw('consumer:create', {
      transportId: id,
      rtpCapabilities,
      producerIds,
    });
    expect(answer).toMatchObject({
      data: { consumers: [{}], failed: [{ code: 'RATE_LIMITED' }] },
    });
  }));

it('limits.pendingRequests bounds what one connection can have under way', () =>
  withServer({ limits: { pendingRequests: 4 } }, async (server) => {
    const ana = await server.connect('Ana');
    // Passwords take a while to hash.
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => ana.outcome('room:create', { name: 'A', password: 'p' })),
    );
    expect(outcomes.filter((it) => it === 'ok')).toHaveLength(4);
    expect(outcomes.filter((it) => it === 'RATE_LIMITED')).toHaveLength(8);
    expect(await ana.outcome('room:list', {})).toBe('ok');
  }));

it('limits.connectionBurst holds for each address, over HTTP and for sockets', () =>
  withServer({ limits: { connectionsPerMinute: 1, connectionBurst: 4 } }, async (server) => {
    const post = async (): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      const body = '{"name":"Ana"}';
      return (await fetch(`${server.url}/api/guest`, { method: 'POST', headers, body })).status;
    };
    const ana = await server.connect('Ana');
    expect(await post()).toBe(201);
    expect(await post()).toBe(201);
    expect(await post()).toBe(429);
    await expect(server.connect('Ana', { token: ana.token })).rejects.toMatchObject({
      data: { code: 'RATE_LIMITED' },
    });
  }));

it('limits.connectionBurst cannot be passed by an address that one makes up for a proxy', () =>
  withServer(
    { http: { trustProxy: true }, limits: { connectionsPerMinute: 1, connectionBurst: 3 } },
    async (server) => {
      const post = async (forwarded: string): Promise<number> => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded };
        const body = '{"name":"Ana"}';
        return (await fetch(`${server.url}/api/guest`, { method: 'POST', headers, body })).status;
      };
      // What the proxy adds stands last.
      for (const madeUp of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
        expect(await post(`${madeUp}, 198.51.100.7`)).toBe(201);
      }
      expect(await post('10.0.0.4, 198.51.100.7')).toBe(429);
      expect(await post('10.0.0.4, 198.51.100.8')).toBe(201);
      // All of one IPv6 network are one.
      for (const host of ['1', '2', '3']) expect(await post(`2001:db8::${host}`)).toBe(201);
      expect(await post('2001:db8::4')).toBe(429);
      expect(await post('2001:db8:0:1::4')).toBe(201);
    },
  ));

/** Signs in over a raw socket: what no honest client does can follow. */
const signInRaw = async (server: TestServer): Promise<RawSocket> => {
  const { token } = await guest(server.url, 'Mallory');
  const socket = await RawSocket.open(server.url);
  const auth = { token, deviceId: 'device-raw', protocol: PROTOCOL_VERSION };
  socket.send(`40${JSON.stringify(auth)}`);
  await until(() => socket.texts.some((text) => text.includes('"welcome"')), 'welcome');
  return socket;
};

describe('too many bytes', () => {
  const limits = { bytesPerSecond: 1024, byteBurst: 65_536 };

  it('are cut before anything in them is parsed, with the reason', () =>
    withServer({ limits }, async (server, lines) => {
      const ana = await server.connect('Ana');
      const mallory = await signInRaw(server);
      const spam = `421["room:list",{"junk":"${'x'.repeat(30_000)}"}]`;
      for (let i = 0; i < 20 && !mallory.tcp.destroyed; i++) mallory.send(spam);
      await mallory.closed;
      // Two of them fit into the budget; of the other eighteen nothing was looked at.
      const answers = mallory.texts.filter((text) => text.startsWith('43'));
      expect(answers.length).toBeLessThanOrEqual(2);
      expect(
        mallory.texts.some((text) => text.includes('["disconnected",{"reason":"flooding"}]')),
      ).toBe(true);
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: 'Connection cut', reason: 'flooding' }),
      );
      expect(await ana.outcome('room:list', {})).toBe('ok');
      expect(ana.socket.connected).toBe(true);
    }));

  it('are cut also in what is no message at all, and before anyone signed in', () =>
    withServer({ limits }, async (server) => {
      const socket = await RawSocket.open(server.url);
      const flood = setInterval(() => {
        for (let i = 0; i < 200; i++) socket.ping(Buffer.alloc(100));
      }, 5);
      await socket.closed;
      clearInterval(flood);
    }));

  it('of one message are refused by its header', () =>
    withServer({ signalling: { maxMessageBytes: 1024 } }, async (server) => {
      const socket = await signInRaw(server);
      // Says that 512 MB follow, and sends none of them.
      socket.announce(512 * 1024 * 1024);
      await socket.closed;
    }));
});

it('cuts who does not read what is sent, also if it answers pings, and nobody waits for it', () =>
  withServer(
    {
      signalling: { slowMs: 300, watchMs: 50 },
      limits: { chatPer5s: 100_000, queuedMessages: 50, queuedBytes: 65_536 },
    },
    async (server, lines) => {
      const ana = await server.connect('Ana');
      const { roomId } = await seat(ana);
      const slow = await signInRaw(server);
      slow.send(`421["room:join",{"roomId":"${roomId}"}]`);
      await ana.next(
        'room:participant-joined',
        ({ participant }) => participant.user.name === 'Mallory',
      );
      slow.tcp.pause();
      const pongs = setInterval(() => slow.send('3'), 100);
      const isCut = (): boolean =>
        lines.some(
          ({ msg, ...line }) => msg === 'Connection cut' && line['reason'] === 'slow_reader',
        );
      const text = '\u{1F600}'.repeat(2000);
      let sent = 0;
      // The kernel takes some megabytes before anything waits here.
      await until(
        async () => {
          await Promise.all(
            Array.from({ length: 20 }, () => ana.request('chat:send', { roomId, text })),
          );
          sent += 20;
          return isCut();
        },
        'the slow reader is cut',
        20_000,
      );
      clearInterval(pongs);
      expect(await ana.outcome('room:list', {})).toBe('ok');
      await ana.next('room:participant-changed', ({ participant }) => participant.away);
      await until(() => ana.all('chat:message').length === sent, 'all that was said is heard');
      slow.tcp.resume();
      await slow.closed;
    },
  ));

describe('who never signs in', () => {
  it('is closed, five hundred of them too, and others come in meanwhile', () =>
    withServer({ signalling: { signInMs: 1500 } }, async (server) => {
      const idle = await Promise.all(Array.from({ length: 500 }, () => RawSocket.open(server.url)));
      const ana = await server.connect('Ana');
      expect(await ana.outcome('room:create', { name: 'Square' })).toBe('ok');
      await until(() => idle.every(({ tcp }) => tcp.destroyed), 'all are closed', 10_000);
      expect([...server.running.connections]).toHaveLength(1);
    }));

  it('waits with only so many others of the same address', () =>
    withServer({ limits: { waitingPerAddress: 3 } }, async (server) => {
      const idle = await Promise.all([1, 2, 3].map(() => RawSocket.open(server.url)));
      await expect(RawSocket.open(server.url)).rejects.toThrow('refused');
      // From elsewhere there is room.
      const elsewhere = await RawSocket.open(server.url, { localAddress: '127.0.0.2' });
      idle[0]?.destroy();
      const ana = await until(() => server.connect('Ana').catch(() => null), 'a place is free');
      expect(await ana.outcome('room:list', {})).toBe('ok');
      for (const socket of [...idle, elsewhere]) socket.destroy();
    }));

  it.each([
    ['nothing', ''],
    ['half a line', 'GET / HT'],
    ['headers without an end', 'GET / HTTP/1.1\r\nhost: x\r\n'],
    ['half a body', 'POST /api/guest HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{"na'],
  ])('is closed after saying %s', (_what, text) =>
    withServer({ http: { requestMs: 500 } }, async (server) => {
      const { port } = new URL(server.url);
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(text);
      await until(() => socket.destroyed, 'it is closed', 10_000);
    }),
  );
});
