/** Row 17: pages of other sites, and connections that never say who they are. */
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { io } from 'socket.io-client';
import { PROTOCOL_VERSION } from '@veche/protocol';
import { percentile } from '../bench/report/statistics.ts';
import { guest } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { largest, timed } from './support/figures.ts';
import { startServer } from './support/server.ts';

const IDLE = 500;
const JOINS = 50;
const CLOSED_WITHIN_MS = 10_000;
/** Beyond the goal, so that what is late is measured too. */
const WATCHED_FOR_MS = 20_000;
/** What a join may take, also on a machine that has other things to do. */
const JOIN_P95_MS = 500;

/** engine.io over WebSocket: it answers pings, and never asks for the namespace. */
const openIdle = (url: string): Promise<{ socket: WebSocket; openedAt: number }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(
      `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    );
    socket.addEventListener('message', ({ data }) => {
      if (data === '2') socket.send('3');
      else resolve({ socket, openedAt: performance.now() });
    });
    socket.addEventListener('error', () => {
      reject(new Error('an idle socket was not taken at all'));
    });
  });

/** To the media port: it begins a packet (RFC 4571) and never ends it. */
const openUnfinished = (port: number): Promise<{ socket: Socket; openedAt: number }> =>
  new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      socket.write(Buffer.from([0xff, 0xff, 0]));
      resolve({ socket, openedAt: performance.now() });
    });
    // Without it the end would not be noticed.
    socket.resume();
    socket.on('error', reject);
  });

/** What a page of this origin is told; '' where it is let in. */
const fromPage = (url: string, token: string, origin: string | null): Promise<string> =>
  new Promise((resolve) => {
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, deviceId: 'device-0001', protocol: PROTOCOL_VERSION },
      ...(origin === null ? {} : { extraHeaders: { origin } }),
    });
    const done = (told: string): void => {
      socket.disconnect();
      resolve(told);
    };
    socket.once('connect', () => {
      done('');
    });
    socket.once('connect_error', ({ message }) => {
      done(message || 'refused');
    });
  });

export default new Scenario({
  name: 'strangers',
  number: 17,
  title: 'Pages of other sites, and sockets that never sign in',
  injects: `A page of another origin connects; ${IDLE} sockets connect and say nothing, and ${IDLE} to the media port.`,
  seconds: 12,
  run: async (context) => {
    const { url, connect } = await startServer(context);
    const { token } = await guest(url, 'Mallory');
    const foreign = await fromPage(url, token, 'https://evil.example');
    const program = await fromPage(url, token, null);

    const idle = await Promise.all(Array.from({ length: IDLE }, () => openIdle(url)));
    const closedAfter: number[] = [];
    for (const { socket, openedAt } of idle) {
      socket.addEventListener('close', () => closedAfter.push(performance.now() - openedAt));
      context.after(() => {
        socket.close();
      });
    }
    const owner = await connect('Ana');
    const { room } = await owner.request('room:create', { name: 'Square' });
    const { epoch } = await owner.request('room:join', { roomId: room.id });
    const wanted = { roomId: room.id, epoch, direction: 'send' as const };
    const { iceCandidates } = await owner.request('transport:create', wanted);
    const mediaPort = iceCandidates.find(({ protocol }) => protocol === 'tcp')?.port;
    if (mediaPort === undefined) throw new Error('no media port');
    const unfinished = await Promise.all(
      Array.from({ length: IDLE }, () => openUnfinished(mediaPort)),
    );
    const unfinishedAfter: number[] = [];
    for (const { socket, openedAt } of unfinished) {
      socket.on('close', () => unfinishedAfter.push(performance.now() - openedAt));
      context.after(() => {
        socket.destroy();
      });
    }
    const joins: number[] = [];
    for (let join = 0; join < JOINS; join++) {
      const client = await connect(`Guest ${join}`);
      joins.push(await timed(() => client.request('room:join', { roomId: room.id })));
    }
    const openDuringJoins = IDLE - closedAfter.length;
    await until(
      () => closedAfter.length === IDLE && unfinishedAfter.length === IDLE,
      'all are closed',
      WATCHED_FOR_MS,
    ).catch(() => undefined);
    return [
      { what: 'a page of another site is refused', value: foreign !== '', goal: { exactly: true } },
      { what: 'a program is let in', value: program === '', goal: { exactly: true } },
      { what: 'idle sockets closed', value: closedAfter.length, goal: { exactly: IDLE } },
      {
        what: 'the last of them after',
        value: largest(closedAfter),
        unit: 'ms',
        goal: { atMost: CLOSED_WITHIN_MS },
      },
      { what: 'idle sockets open during the joins', value: openDuringJoins },
      {
        what: 'connections to the media port closed',
        value: unfinishedAfter.length,
        goal: { exactly: IDLE },
      },
      {
        what: 'the last of these after',
        value: largest(unfinishedAfter),
        unit: 'ms',
        goal: { atMost: CLOSED_WITHIN_MS },
      },
      {
        what: 'honest joins meanwhile, p95',
        value: percentile(joins, 0.95),
        unit: 'ms',
        goal: { atMost: JOIN_P95_MS },
      },
    ];
  },
});
