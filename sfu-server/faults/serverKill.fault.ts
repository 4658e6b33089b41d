/** Row 6: the whole server dies and is started again. */
import type { CallId, RoomId } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../bench/report/statistics.ts';
import { idOf, talk } from '../test/support/calling.ts';
import { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import type { Context } from './scenario.ts';
import { largest } from './support/figures.ts';
import { Member } from './support/member.ts';
import { startServer } from './support/server.ts';
import { heardAt, openRoom, pairsOf, talkAll } from './support/talkers.ts';

const CLIENTS = { full: 200, short: 30 };
const IN_EACH_ROOM = 10;
const TALKERS = 3;
const CALLS = 5;
const BACK_P95_MS = 10_000;
const HEARD_WITHIN_MS = 15_000;
/** Beyond the goals, so that what is late is measured too. */
const WATCHED_FOR_MS = 40_000;
/** As the page does it: these waits, each up to half shorter or longer. */
const RETRY_MS = [500, 1000, 2000, 4000, 5000];
const JITTER = 0.5;

const wait = (tries: number): Promise<void> => {
  const step = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0;
  const ms = step * (1 + JITTER * (2 * Math.random() - 1));
  return new Promise((resolve) => setTimeout(resolve, ms));
};

/** Connects again until it is let in. */
const comeBack = async (url: string, { token, deviceId }: TestClient): Promise<TestClient> => {
  for (let tries = 0; ; tries++) {
    await wait(tries);
    try {
      return await TestClient.connect(url, { name: '', token, deviceId });
    } catch (error) {
      if (tries > 20) throw error;
    }
  }
};

const lost = (client: TestClient): Promise<void> =>
  new Promise((resolve) => {
    client.socket.once('disconnect', () => {
      resolve();
    });
  });

/** As a page whose server vanished: connects and joins again; when that was done. */
const returns = async (url: string, former: TestClient, roomId: RoomId, context: Context) => {
  await lost(former);
  const client = await comeBack(url, former);
  context.after(() => {
    client.disconnect();
  });
  for (let tries = 0; (await client.outcome('room:join', { roomId })) !== 'ok'; tries++) {
    await wait(tries);
  }
  return { client, at: performance.now() };
};

export default new Scenario({
  name: 'server-kill',
  number: 6,
  title: 'The server dies and is started again',
  injects: 'kill -9 of the server with rooms and calls, and a start on the same port at once.',
  seconds: 25,
  run: async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'veche-faults-'));
    context.after(() => {
      rmSync(directory, { recursive: true });
    });
    const first = await startServer(context, { DATA_DIR: directory });
    const { url } = first;
    const count = context.short ? CLIENTS.short : CLIENTS.full;
    const guests: { client: TestClient; roomId: RoomId }[] = [];
    let roomId: RoomId | null = null;
    for (let index = 0; index < count; index++) {
      const client = await first.connect(`Guest ${index}`);
      if (roomId === null || index % IN_EACH_ROOM === 0) {
        roomId = (await client.request('room:create', { name: `Room ${index}` })).room.id;
      }
      await client.request('room:join', { roomId });
      guests.push({ client, roomId });
    }
    const talkers = await openRoom(first, context, TALKERS);
    await talkAll(talkers);
    const calls: { client: TestClient; callId: CallId }[] = [];
    for (let call = 0; call < CALLS; call++) {
      const [ana, bo] = [await first.connect(`Ana ${call}`), await first.connect(`Bo ${call}`)];
      const callId = await talk(ana, bo);
      calls.push({ client: ana, callId }, { client: bo, callId });
    }

    const watch = [...guests, ...talkers].map(({ client, roomId: room }) =>
      returns(url, client, room, context),
    );
    const callersBack = calls.map(async ({ client }) => {
      await lost(client);
      return comeBack(url, client);
    });
    const killedAt = performance.now();
    first.process.child.kill('SIGKILL');
    await first.process.ended();
    await startServer(context, { DATA_DIR: directory, PORT: new URL(url).port });
    const upAfter = performance.now() - killedAt;

    const returned = await Promise.all(watch);
    const backAfter = returned.map(({ at }) => at - killedAt);
    const again = await Promise.all(
      talkers.map(({ roomId: room }, index) => {
        const back = returned[guests.length + index];
        if (!back) throw new Error('nobody is back');
        return Member.join(back.client, room, index);
      }),
    );
    for (const member of [...talkers, ...again]) {
      context.after(() => {
        member.close();
      });
    }
    for (const member of again) member.talk();
    const pairs = pairsOf(again);
    await until(
      () => pairs.every(({ listener, speaker }) => heardAt(listener, speaker, 0) !== undefined),
      'everybody hears everybody again',
      WATCHED_FOR_MS,
    ).catch(() => undefined);
    const heard = pairs.map(
      ({ listener, speaker }) => (heardAt(listener, speaker, 0) ?? NaN) - killedAt,
    );

    const callers = await Promise.all(callersBack);
    for (const client of callers) {
      context.after(() => {
        client.disconnect();
      });
    }
    const told = await Promise.all(
      callers.map(async (client, index) => {
        const { code } = await client.next(
          'call:error',
          ({ callId }) => callId === calls[index]?.callId,
        );
        return code;
      }),
    );
    const [asker] = callers;
    if (!asker) throw new Error('nobody is back');
    const { people } = await asker.request('people:watch', { userIds: callers.map(idOf) });
    const [one, other] = [callers[0], callers[3]];
    if (!one || !other) throw new Error('nobody is back');
    const another = await one.outcome('call:initiate', {
      to: idOf(other),
      media: 'audio',
      key: randomUUID(),
    });
    return [
      { what: 'clients', value: returned.length },
      { what: 'server up again after', value: Math.round(upAfter), unit: 'ms' },
      { what: 'back in the room after, p50', value: percentile(backAfter, 0.5), unit: 'ms' },
      {
        what: 'back in the room after, p95',
        value: percentile(backAfter, 0.95),
        unit: 'ms',
        goal: { atMost: BACK_P95_MS },
      },
      { what: 'back in the room after, max', value: largest(backAfter), unit: 'ms' },
      {
        what: 'heard again after, max',
        value: largest(heard),
        unit: 'ms',
        goal: { atMost: HEARD_WITHIN_MS },
      },
      {
        what: 'callers told server_restart',
        value: told.filter((code) => code === 'server_restart').length,
        goal: { exactly: calls.length },
      },
      {
        what: 'people who stayed busy',
        value: people.filter(({ presence }) => presence !== 'online').length,
        goal: { exactly: 0 },
      },
      { what: 'a call between two of them', value: another, goal: { exactly: 'ok' } },
    ];
  },
});
