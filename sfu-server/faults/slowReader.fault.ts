/** Row 23: somebody in a busy room reads nothing any more, and still answers pings. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { percentile } from '../bench/report/statistics.ts';
import { RawSocket } from '../test/support/rawSocket.ts';
import { guest } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { largest } from './support/figures.ts';
import { startWithFaults } from './support/server.ts';
import { goOn } from './support/talkers.ts';

const CUT_WITHIN_MS = 10_000;
/** Beyond the goal, so that what is late is measured too. */
const WATCHED_FOR_MS = 40_000;
const GROWN_BY_AT_MOST_MB = 5;
const LATE_BY_AT_MOST_MS = 500;
/** Said at once, again and again: more than the kernel's buffers hold soon waits in the server. */
const AT_ONCE = 20;
const WARM_UP = 10;
const SAY_EVERY_MS = 25;
const PONG_EVERY_MS = 1000;
const LOOK_EVERY_MS = 500;
const TEXT = '\u{1F600}'.repeat(2000);
const MB = 1024 * 1024;

export default new Scenario({
  name: 'slow-reader',
  number: 23,
  title: 'Somebody in a busy room reads nothing any more',
  injects: 'A connection in a room full of chat is not read from, and answers pings.',
  seconds: 12,
  amongTests: false,
  run: async (context) => {
    const server = await startWithFaults(context, { VECHE_LIMITS_CHAT_PER5S: '100000' });
    const [ana, bo] = [await server.connect('Ana'), await server.connect('Bo')];
    const { room } = await ana.request('room:create', { name: 'Square' });
    const { id: roomId } = room;
    await ana.request('room:join', { roomId });
    await bo.request('room:join', { roomId });
    const { token } = await guest(server.url, 'Mallory');
    const slow = await RawSocket.open(server.url);
    context.after(() => {
      slow.destroy();
    });
    slow.send(`40${JSON.stringify({ token, deviceId: randomUUID(), protocol: PROTOCOL_VERSION })}`);
    await until(() => slow.texts.some((text) => text.includes('"welcome"')), 'he is welcomed');
    slow.send(`420["room:join",{"roomId":"${roomId}"}]`);
    await ana.next(
      'room:participant-joined',
      ({ participant }) => participant.user.name === 'Mallory',
    );

    const sayMuch = (): Promise<unknown> =>
      Promise.all(
        Array.from({ length: AT_ONCE }, () => ana.request('chat:send', { roomId, text: TEXT })),
      );
    // What the first of them bring with them stays: code, and the chat that newcomers are told.
    for (let round = 0; round < WARM_UP; round++) await sayMuch();
    const before = await server.inject({ kind: 'heap' });
    slow.tcp.pause();
    const pausedAt = performance.now();
    const pongs = setInterval(() => slow.send('3'), PONG_EVERY_MS);
    context.after(() => {
      clearInterval(pongs);
    });
    const isAway = (): boolean =>
      ana.all('room:participant-changed').some(({ participant }) => participant.away);
    const delays: number[] = [];
    const heaps: number[] = [];
    let cutAfter = NaN;
    let nextLookAt = pausedAt;
    bo.socket.on('chat:message', () => {
      delays.push(performance.now() - saidAt);
    });
    let saidAt = performance.now();
    while (performance.now() - pausedAt < WATCHED_FOR_MS) {
      saidAt = performance.now();
      await sayMuch();
      if (performance.now() > nextLookAt) {
        heaps.push((await server.inject({ kind: 'heap' })) - before);
        nextLookAt = performance.now() + LOOK_EVERY_MS;
      }
      // What was said is not needed any more, and would slow this very program down.
      if (isAway()) {
        cutAfter = performance.now() - pausedAt;
        break;
      }
      ana.forget();
      bo.forget();
      await goOn(SAY_EVERY_MS);
    }
    await ana.request('room:list', {});
    return [
      {
        what: 'cut after',
        value: Math.round(cutAfter),
        unit: 'ms',
        goal: { atMost: context.short ? WATCHED_FOR_MS : CUT_WITHIN_MS },
      },
      {
        what: 'most memory held meanwhile',
        value: largest(heaps) / MB,
        unit: 'MB',
        goal: { atMost: GROWN_BY_AT_MOST_MB },
      },
      { what: 'messages that another got', value: delays.length, goal: { atLeast: AT_ONCE } },
      {
        what: 'their delay, p99',
        value: percentile(delays, 0.99),
        unit: 'ms',
        // Among other tests it would measure those.
        ...(context.short ? {} : { goal: { atMost: LATE_BY_AT_MOST_MS } }),
      },
    ];
  },
});
