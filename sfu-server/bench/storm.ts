/**
 * Many who join a large room: a storm that fills it, single ones and a burst into it, each from the
 * connect to the first packet of sound; and how long the server's event loop lets others wait.
 */
import { guest, TestClient } from '../test/support/testClient.ts';
import { readMetrics } from '../test/support/metrics.ts';
import { leaveAll, makeMany, openRoom, RoomPerson } from './load/people.ts';
import type { BenchRoom } from './load/people.ts';
import { Delivery } from './load/delivery.ts';
import { Rig } from './load/rig.ts';
import { talk } from './load/talk.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import { spread, summary } from './report/statistics.ts';
import { heardWithin } from './storm/firstSound.ts';
import { loopDelayIn } from './storm/loopDelay.ts';

const { output, ...parameters } = readOptions({
  scenario: 'storm',
  about:
    'Joins of a large room, from the connect to the first packet of sound: single ones, and a\n' +
    'burst at once; and the delay of the server’s event loop while everyone joins at once.',
  minutes: 2,
  options: {
    people: { default: 300, about: 'in the room before anyone is measured' },
    speakers: { default: 3, about: 'of them who speak all the time' },
    joins: { default: 30, about: 'one after another' },
    burst: { default: 100, about: 'who join at once' },
    bursts: { default: 5, about: 'one after another' },
  },
});

const { people, speakers, joins, burst, bursts } = parameters;

interface Guest {
  readonly name: string;
  readonly token: string;
}

/** Signed in, as a page is that was opened before. */
const guests = (url: string, count: number): Promise<Guest[]> =>
  makeMany(count, async (index) => {
    const name = `Guest ${index}`;
    return { name, token: (await guest(url, name)).token };
  });

/** Connects, joins and hears. @returns ms from the connect to the first packet, and how to leave */
const join = async (url: string, { roomId }: BenchRoom, who: Guest) => {
  const startedAt = performance.now();
  const person = await RoomPerson.join(await TestClient.connect(url, who), roomId);
  const ms = await heardWithin(person, startedAt);
  return { ms, person };
};

const rig = await Rig.start();
try {
  const { url } = rig;
  const room = await openRoom(url, 'slots', speakers);
  const hush = talk(room.talkers, new Delivery());
  const loopDelay = async () => loopDelayIn(await readMetrics(url));

  // With transports and consumers for each, but nothing connected to them: what is not heard costs
  // the load nothing.
  const crowd = await guests(url, people - speakers - 1);
  progress(`${crowd.length} join at once`);
  await loopDelay();
  const stormedAt = performance.now();
  await Promise.all(
    crowd.map(async (who) => RoomPerson.join(await TestClient.connect(url, who), room.roomId)),
  );
  const stormMs = performance.now() - stormedAt;
  const storm = await loopDelay();

  progress(`${joins} join one after another`);
  const single: number[] = [];
  for (const who of await guests(url, joins)) {
    const { ms, person } = await join(url, room, who);
    single.push(ms);
    await person.leave();
  }

  const untilAllHear: number[] = [];
  for (let index = 0; index < bursts; index++) {
    const newcomers = await guests(url, burst);
    progress(`burst ${index + 1} of ${bursts}: ${burst} join at once`);
    const joined = await Promise.all(newcomers.map((who) => join(url, room, who)));
    untilAllHear.push(Math.max(...joined.map(({ ms }) => ms)));
    await leaveAll(joined.map(({ person }) => person));
  }
  hush();

  publish(
    {
      scenario: 'storm',
      parameters: { ...parameters, pinned: rig.pinned ? 'yes' : 'no' },
      figures: [
        {
          code: 'V8',
          what: `join of a room of ${people}: connect to first packet`,
          unit: 'ms',
          values: summary(single),
          reach: { of: 'p95', most: 500 },
        },
        {
          code: 'V8',
          what: `${burst} at once into a room of ${people}: until all hear`,
          unit: 'ms',
          values: spread(untilAllHear),
          reach: { of: 'median', most: 3000 },
        },
        {
          what: `delay of the server’s event loop while ${people} join at once`,
          unit: 'ms',
          values: storm,
          reach: { of: 'p99', most: 10 },
        },
        {
          what: `until the last of ${people} who join at once is in`,
          unit: 'ms',
          values: { value: stormMs },
        },
      ],
      details: { single, untilAllHear },
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
