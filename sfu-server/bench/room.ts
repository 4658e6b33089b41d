/**
 * For whoever runs a server: puts a room of a given size on it, with real connections, and says how
 * fast people got in, what they heard and what it cost. Talks to the server as any client does.
 */
import { MAX_PARTICIPANTS } from '@veche/protocol';
import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf } from '../test/support/process.ts';
import { Delivery } from './load/delivery.ts';
import { checkServer, connectGuest } from './load/guests.ts';
import { cpuMs, processListeningOn } from './load/processes.ts';
import { explain } from './load/refusals.ts';
import { hearInto, leaveAll, RoomPerson } from './load/people.ts';
import { talk } from './load/talk.ts';
import type { Talker } from './load/talk.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';
import { percentile } from './report/statistics.ts';

const {
  room: people,
  speakers,
  url,
  seconds,
  'at-once': atOnce,
  heard: mostHeard,
  output,
} = readOptions({
  scenario: 'room',
  about:
    'Puts a room on a server that runs on this machine: guests sign in, join and hear by WebRTC, and\n' +
    'some of them speak. By the link that it tells, ten more can come in and listen. The server counts\n' +
    'them as anybody else: for many people raise VECHE_LIMITS_CONNECTION_BURST there to twice their\n' +
    'number. The room is deleted afterwards.\n' +
    'Ends with 1 where people cannot join or nothing is heard.',
  minutes: 1,
  options: {
    room: { default: 50, about: 'people in the room' },
    speakers: { default: 3, about: 'of them who speak; the others listen' },
    url: { default: 'http://localhost:3000', about: 'of the server' },
    seconds: { default: 15, about: 'measured once all are there' },
    'at-once': { default: 5, about: 'who join at the same time' },
    heard: { default: 100, about: 'listeners whose packets are looked at; the others drop them' },
  },
});

/** Seats beside the load's own: whoever runs the server can come in and listen. */
const VISITORS = 10;
const FIRST_PACKET_WITHIN_MS = 10_000;
const SETTLED_AFTER_MS = 3000;
const DRAIN_MS = 500;

const delivery = new Delivery();
const inside: RoomPerson[] = [];
const talkers: Talker[] = [];
const joinTimes: number[] = [];
/** By listener, monotonic ms. */
const lastHeardAt: number[] = [];

const speak = async (index: number, roomId: RoomPerson['roomId']): Promise<void> => {
  const client = await connectGuest(url, `Bench speaker ${index + 1}`);
  const person = await RoomPerson.join(client, roomId);
  inside.push(person);
  talkers.push(await person.speak());
};

/** From the connection on until the first packet. */
const listen = async (index: number, roomId: RoomPerson['roomId']): Promise<void> => {
  const count = hearInto(delivery);
  const first = Promise.withResolvers<void>();
  const startedAt = performance.now();
  const client = await connectGuest(url, `Bench listener ${index + 1}`);
  const person = await RoomPerson.join(client, roomId);
  inside.push(person);
  const stop = await person.listen((packet) => {
    first.resolve();
    lastHeardAt[index] = performance.now();
    count(packet);
  });

  const tooLate = setTimeout(() => {
    first.reject(new Error('a listener hears nothing'));
  }, FIRST_PACKET_WITHIN_MS);
  await first.promise.finally(() => {
    clearTimeout(tooLate);
  });
  joinTimes.push(performance.now() - startedAt);
  if (index >= mostHeard) stop();
};

/** Time on a core of the server's processes, ms; null where they are not on this machine. */
const serverCpu = (): { node: number; workers: number[] } | null => {
  const { port, protocol } = new URL(url);
  const pid = processListeningOn(Number(port || (protocol === 'https:' ? 443 : 80)));
  if (pid === null) return null;
  return { node: cpuMs(pid), workers: childrenOf(pid).map(cpuMs) };
};

const measure = async (): Promise<Figure[]> => {
  const listeners = Math.min(mostHeard, people - speakers);
  await wait(SETTLED_AFTER_MS);
  const before = serverCpu();
  const own = process.cpuUsage();
  const from = performance.now();
  delivery.start();
  await wait(seconds * 1000);
  delivery.stop();
  const ms = performance.now() - from;
  const after = serverCpu();
  const { user, system } = process.cpuUsage(own);
  await wait(DRAIN_MS);
  const { heard, loss, p50, p99 } = delivery.result(listeners);
  if (heard === 0) throw new Error('nothing is heard');
  const share = (cpu: number): number => (cpu / ms) * 100;
  return [
    {
      what: `packets that should have arrived and did not, at ${listeners} listeners`,
      unit: '%',
      values: { value: Math.max(0, loss) * 100 },
    },
    {
      what: 'listeners who heard nothing at all',
      unit: '',
      values: { value: lastHeardAt.slice(0, listeners).filter((at) => at < from).length },
      reach: { of: 'value', most: 0 },
    },
    { what: 'packets heard', unit: '', values: { value: heard } },
    { what: 'forward delay', unit: 'ms', values: { p50, p99 } },
    ...(before && after ? [cpuFigure(before, after, share)] : []),
    {
      what: 'share of a core that this load took itself; near 100 % its delay counts too',
      unit: '%',
      values: { value: share((user + system) / 1000) },
    },
  ];
};

type Cpu = NonNullable<ReturnType<typeof serverCpu>>;

const cpuFigure = (before: Cpu, after: Cpu, share: (ms: number) => number): Figure => ({
  what: 'share of a core that the server took',
  unit: '%',
  values: {
    Node: share(after.node - before.node),
    ...Object.fromEntries(
      after.workers.map((ms, index) => [
        `worker ${index + 1}`,
        share(ms - (before.workers[index] ?? 0)),
      ]),
    ),
  },
});

const run = async (): Promise<void> => {
  if (speakers >= people) throw new RangeError('--speakers must be fewer than --room');
  await checkServer(url);
  const owner = await connectGuest(url, 'Bench speaker 1');
  const { room } = await owner.request('room:create', {
    name: 'Bench',
    visibility: 'unlisted',
    maxParticipants: Math.min(people + VISITORS, MAX_PARTICIPANTS),
  });
  progress(`the room is ${new URL(`/r/${room.id}`, url).href}`);
  try {
    const first = await RoomPerson.join(owner, room.id);
    inside.push(first);
    talkers.push(await first.speak());
    for (let index = 1; index < speakers; index++) await speak(index, room.id);
    const hush = talk(talkers, delivery);
    const listeners = Array.from({ length: people - speakers }, (_, index) => index);
    while (listeners.length > 0) {
      await Promise.all(listeners.splice(0, atOnce).map((index) => listen(index, room.id)));
      if (inside.length % 50 < atOnce) progress(`${inside.length} of ${people} are in the room`);
    }
    const figures = await measure();
    hush();
    const failed = inside.find(({ failure }) => failure !== null);
    if (failed) throw failed.failure;
    const { voice } = (await owner.request('room:snapshot', { roomId: room.id })).snapshot;
    publish(
      {
        scenario: 'room',
        parameters: { room: people, speakers, seconds, atOnce, voice: voice.mode },
        figures: [
          { what: 'people who joined', unit: '', values: { value: inside.length } },
          {
            what: 'sign-in and connection → first packet heard',
            unit: 'ms',
            values: { p50: percentile(joinTimes, 0.5), p95: percentile(joinTimes, 0.95) },
          },
          ...figures,
        ],
      },
      output,
    );
  } finally {
    await owner.request('room:delete', { roomId: room.id }).catch(() => undefined);
    await leaveAll(inside);
  }
};

try {
  await run();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explain(error, inside.length, people)}\n`);
  process.exit(1);
}
