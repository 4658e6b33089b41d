/** Row 18: everybody comes at once. */
import type { RoomId } from '@veche/protocol';
import { readdirSync, readFileSync } from 'node:fs';
import { percentile } from '../bench/report/statistics.ts';
import { readMetrics } from '../test/support/metrics.ts';
import { childrenOf } from '../test/support/process.ts';
import { TestClient } from '../test/support/testClient.ts';
import { Scenario } from './scenario.ts';
import type { Context, Figure } from './scenario.ts';
import { largest } from './support/figures.ts';
import { inRounds } from './support/rounds.ts';
import { startServer } from './support/server.ts';
import type { ServerUnderFault } from './support/server.ts';
import { goOn } from './support/talkers.ts';

interface Storm {
  readonly name: string;
  readonly clients: number;
  readonly overMs: number;
  readonly inEachRoom: number;
}

const STORMS = {
  full: [
    { name: '500 in 5 s', clients: 500, overMs: 5000, inEachRoom: 10 },
    { name: '50 into one room', clients: 50, overMs: 0, inEachRoom: 50 },
  ],
  short: [{ name: '50 into one room', clients: 50, overMs: 0, inEachRoom: 50 }],
} satisfies Record<string, readonly Storm[]>;

const JOINED_SHARE = 0.995;
const JOIN_P95_MS = 3000;
const LAG_P99_MS = 200;
/** A worker at more than this share of a core, for longer than that, is too much. */
const BUSY = 0.9;
const BUSY_FOR_AT_MOST_S = 5;

/** CPU time of a process with all its threads, ms (Linux). */
const cpuMsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) =>
      sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );

/** Looks at the workers every second; answers with the longest time that one was busy, s. */
const watchWorkers = (pid: number): (() => number) => {
  let last = new Map<number, number>();
  const busyFor = new Map<number, number>();
  let longest = 0;
  let lastAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const used = new Map(childrenOf(pid).map((worker) => [worker, cpuMsOf(worker)]));
    for (const [worker, cpuMs] of used) {
      const share = (cpuMs - (last.get(worker) ?? cpuMs)) / (now - lastAt);
      const seconds = share > BUSY ? (busyFor.get(worker) ?? 0) + (now - lastAt) / 1000 : 0;
      busyFor.set(worker, seconds);
      longest = Math.max(longest, seconds);
    }
    last = used;
    lastAt = now;
  }, 1000);
  return () => {
    clearInterval(timer);
    return longest;
  };
};

const openRooms = async (
  { connect }: ServerUnderFault,
  { clients, inEachRoom }: Storm,
): Promise<RoomId[]> => {
  const owner = await connect('Owner');
  const rooms: RoomId[] = [];
  for (let room = 0; room < clients / inEachRoom; room++) {
    rooms.push((await owner.request('room:create', { name: `Room ${room}` })).room.id);
  }
  return rooms;
};

const storm = async (context: Context, plan: Storm): Promise<Figure[]> => {
  const { name, clients, overMs, inEachRoom } = plan;
  const server = await startServer(context, { VECHE_ROOMS_MAX_ROOMS_PER_USER: '1000' });
  const rooms = await openRooms(server, plan);
  // What was before does not count.
  await readMetrics(server.url);
  const busyFor = watchWorkers(server.process.pid);
  const joins: number[] = [];
  /** From nothing to a seat with both transports and all consumers. */
  const join = async (index: number): Promise<void> => {
    await goOn((index / clients) * overMs);
    const startedAt = performance.now();
    const client = await TestClient.connect(server.url, { name: `Guest ${index}` });
    context.after(() => {
      client.disconnect();
    });
    const roomId = rooms[Math.floor(index / inEachRoom)];
    const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
    if (roomId === undefined || !rtpCapabilities) throw new Error('no room');
    const { media } = await client.request('room:join', {
      roomId,
      media: { rtpCapabilities, kinds: ['audio'] },
    });
    if (!media) throw new Error('the join brought no media');
    joins.push(performance.now() - startedAt);
  };
  const went = await Promise.allSettled(Array.from({ length: clients }, (_, index) => join(index)));
  for (const result of went.filter(({ status }) => status === 'rejected').slice(0, 3)) {
    context.say(`${name}: ${'reason' in result ? String(result.reason) : ''}`);
  }
  const metrics = await readMetrics(server.url);
  const lag = (metrics.get('nodejs_eventloop_lag_p99_seconds') ?? NaN) * 1000;
  const figures: Figure[] = [
    {
      what: 'joined',
      value: (joins.length / clients) * 100,
      unit: '%',
      goal: { atLeast: JOINED_SHARE * 100 },
    },
    { what: 'from sign-in to a seat with media, p50', value: percentile(joins, 0.5), unit: 'ms' },
    {
      what: 'from sign-in to a seat with media, p95',
      value: percentile(joins, 0.95),
      unit: 'ms',
      // Among other tests it would measure those.
      ...(context.short ? {} : { goal: { atMost: JOIN_P95_MS } }),
    },
    { what: 'from sign-in to a seat with media, max', value: largest(joins), unit: 'ms' },
    {
      what: 'event-loop lag, p99',
      value: Math.round(lag),
      unit: 'ms',
      ...(context.short ? {} : { goal: { atMost: LAG_P99_MS } }),
    },
    {
      what: 'a worker over 90 % for',
      value: busyFor(),
      unit: 's',
      goal: { atMost: BUSY_FOR_AT_MOST_S },
    },
  ];
  return figures.map((figure) => ({ ...figure, what: `${name}: ${figure.what}` }));
};

export default new Scenario({
  name: 'join-storm',
  number: 18,
  title: 'Everybody comes at once',
  injects: '500 people sign in and join within 5 s; then 50 join one room in the same moment.',
  seconds: 20,
  run: async (context) => {
    const plans = context.short ? STORMS.short : STORMS.full;
    const rounds = await inRounds(plans.length, context, (round, index) => {
      const plan = plans[index];
      if (!plan) throw new RangeError('no such storm');
      return storm(round, plan);
    });
    return rounds.flat();
  },
});
