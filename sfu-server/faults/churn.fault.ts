/** Row 19: people come and go, and call each other, for a long time: nothing may stay behind. */
import { readdirSync } from 'node:fs';
import { endsAt, idOf, initiate, race } from '../test/support/calling.ts';
import { readMetrics } from '../test/support/metrics.ts';
import { RawPeer } from '../test/support/rawPeer.ts';
import { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import type { Context } from './scenario.ts';
import { startWithFaults } from './support/server.ts';

const JOINS = { full: 10_000, short: 200 };
const CALLS = { full: 2000, short: 60 };
/** How many do that at once. */
const JOINERS = 20;
const PAIRS = 10;
/** Of the joins, so many come with transports, and of those some with real media. */
const WITH_MEDIA = 0.5;
const WITH_SOUND = 0.02;
/** How often the heap is looked at over the whole. */
const SAMPLES = 20;
const MB = 1024 * 1024;
const HEAP_SLOPE_MB = 1;
const FDS_GROWN_BY = 5;
const GONE_WITHIN_MS = 10_000;
const TOLD_WITHIN_MS = 10_000;
const GRACES = {
  VECHE_ROOMS_GRACE_MS: '500',
  VECHE_ROOMS_DELIBERATE_GRACE_MS: '200',
  VECHE_CALLS_RING_MS: '1500',
  VECHE_CALLS_GRACE_MS: '600',
  VECHE_CALLS_RINGING_GRACE_MS: '400',
  VECHE_CALLS_DELIBERATE_GRACE_MS: '300',
};
const MUST_BE_GONE =
  /^veche_(rooms|participants|routers|transports|producers|consumers|calls\{.*\})$/;

const chance = (share: number): boolean => Math.random() < share;

/** In and out again, in one of the ways that there are. */
const comeAndGo = async (client: TestClient, roomId: RawPeer['roomId']): Promise<void> => {
  const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
  const media = rtpCapabilities && chance(WITH_MEDIA) ? { rtpCapabilities, kinds: [] } : undefined;
  const joined = await client.request('room:join', { roomId, ...(media ? { media } : {}) });
  if (chance(WITH_SOUND)) {
    const peer = new RawPeer(client, joined);
    await peer.publish();
    peer.close();
  }
  if (chance(0.9)) await client.request('room:leave', { roomId });
};

/** A call, and two things that happen to it in about the same moment. */
const callOnce = async (ana: TestClient, bo: TestClient): Promise<void> => {
  const callId = await initiate(ana, bo);
  await bo.next('call:offer', (offer) => offer.callId === callId, TOLD_WITHIN_MS);
  const act = (client: TestClient, deed: 'call:answer' | 'call:reject' | 'call:end') => () =>
    client.outcome(deed, { callId });
  await race(
    act(bo, chance(0.7) ? 'call:answer' : 'call:reject'),
    act(ana, chance(0.3) ? 'call:end' : 'call:answer'),
  );
  await ana.outcome('call:end', { callId });
  for (const client of [ana, bo]) {
    await until(() => endsAt(client, callId).length > 0, 'the end is told', TOLD_WITHIN_MS);
    client.forget();
  }
};

/** Growth of a value per 1,000 steps: the slope of the straight line that fits best. */
const slope = (samples: readonly { readonly step: number; readonly value: number }[]): number => {
  const mean = (of: (sample: (typeof samples)[number]) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const step = mean((it) => it.step);
  const value = mean((it) => it.value);
  const over = samples.reduce((sum, it) => sum + (it.step - step) * (it.value - value), 0);
  const under = samples.reduce((sum, it) => sum + (it.step - step) ** 2, 0);
  return (over / under) * 1000;
};

const churn = async (context: Context) => {
  const server = await startWithFaults(context, GRACES);
  const { url, connect, inject } = server;
  const amount = (of: { full: number; short: number }) => (context.short ? of.short : of.full);
  const [joins, calls] = [amount(JOINS), amount(CALLS)];
  const total = joins + calls;
  const problems: string[] = [];
  const samples: { step: number; value: number }[] = [];
  let joined = 0;
  let called = 0;
  let sampling: Promise<void> = Promise.resolve();
  const step = (): void => {
    const done = joined + called;
    if (done % Math.floor(total / SAMPLES) !== 0) return;
    sampling = sampling.then(async () => {
      samples.push({ step: done, value: (await inject({ kind: 'heap' })) / MB });
    });
  };
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      problems.push(String(error));
    }
  };

  const owner = await connect('Owner');
  const rooms = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      const { room } = await owner.request('room:create', { name: `Room ${index}` });
      return room.id;
    }),
  );
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, async (_, index) => ({
      ana: await connect(`Ana ${index}`),
      bo: await connect(`Bo ${index}`),
    })),
  );
  const fds = (): number => readdirSync(`/proc/${server.process.pid}/fd`).length;
  const fdsBefore = fds();
  // Each joiner comes with a few connections, one after another, ended in different ways.
  const joiners = Array.from({ length: JOINERS }, async (_, index) => {
    let client = await TestClient.connect(url, { name: `Joiner ${index}` });
    while (joined < joins) {
      joined++;
      const roomId = rooms[Math.floor(Math.random() * rooms.length)];
      if (roomId === undefined) throw new RangeError('no room');
      await attempt(async () => {
        await comeAndGo(client, roomId);
        client.forget();
        if (!chance(0.1)) return;
        if (chance(0.5)) client.cut();
        else client.disconnect();
        const { token, deviceId } = client;
        client = await TestClient.connect(url, {
          name: '',
          token,
          ...(chance(0.5) ? { deviceId } : {}),
        });
      });
      step();
    }
    client.disconnect();
  });
  const callers = pairs.map(async ({ ana, bo }) => {
    while (called < calls) {
      called++;
      await attempt(() => callOnce(ana, bo));
      step();
    }
  });
  await Promise.all([...joiners, ...callers]);
  await sampling;

  const left = async (): Promise<[string, number][]> =>
    [...(await readMetrics(url))].filter(([name, value]) => MUST_BE_GONE.test(name) && value !== 0);
  await until(async () => (await left()).length === 0, 'nothing is left', GONE_WITHIN_MS).catch(
    () => undefined,
  );
  // Connections take a moment to end.
  await until(() => fds() - fdsBefore <= FDS_GROWN_BY, 'files are closed', GONE_WITHIN_MS).catch(
    () => undefined,
  );
  const leaks = await left();
  const watched = pairs.flatMap(({ ana, bo }) => [idOf(ana), idOf(bo)]);
  const { people } = await owner.request('people:watch', { userIds: watched });
  for (const problem of problems.slice(0, 5)) context.say(problem);
  for (const [name, value] of leaks) context.say(`left: ${value} ${name}`);
  return {
    joined,
    called,
    problems: problems.length,
    leaks: leaks.length,
    busy: people.filter(({ presence }) => presence !== 'online').length,
    // What the first of them bring with them stays: code, caches.
    heapSlope: slope(samples.slice(Math.floor(samples.length / 4))),
    fdsGrown: fds() - fdsBefore,
  };
};

export default new Scenario({
  name: 'churn',
  number: 19,
  title: 'People come and go, and call each other, for a long time',
  injects: `${JOINS.full} joins and ${CALLS.full} calls with random races.`,
  seconds: 240,
  run: async (context) => {
    const { joined, called, problems, leaks, busy, heapSlope, fdsGrown } = await churn(context);
    return [
      { what: 'joins', value: joined },
      { what: 'calls', value: called },
      { what: 'of them with something wrong', value: problems, goal: { exactly: 0 } },
      { what: 'kinds of things left', value: leaks, goal: { exactly: 0 } },
      { what: 'people who stayed busy', value: busy, goal: { exactly: 0 } },
      {
        what: 'heap per 1,000',
        value: heapSlope,
        unit: 'MB',
        ...(context.short ? {} : { goal: { atMost: HEAP_SLOPE_MB } }),
      },
      {
        what: 'file descriptors more than before',
        value: fdsGrown,
        goal: { atMost: FDS_GROWN_BY },
      },
    ];
  },
});
