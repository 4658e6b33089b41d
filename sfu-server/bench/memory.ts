/**
 * What a participant of a large room weighs in the worker and in Node, and whether the room stays as
 * heavy while time passes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Delivery } from './load/delivery.ts';
import { addListeners, openRoom } from './load/people.ts';
import { BenchError } from './load/refusals.ts';
import { Rig } from './load/rig.ts';
import { talk } from './load/talk.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';
import { median } from './report/statistics.ts';

const { from, people, speakers, minutes, output } = readOptions({
  scenario: 'memory',
  about:
    'What a participant of a room with slots weighs, by WebRTC and with a connection of its own:\n' +
    'the slope between two sizes of the room, resident and on the heap; and how both change while\n' +
    'they stay and some talk.',
  minutes: 17,
  options: {
    from: {
      default: 100,
      about: 'people in the room at first: what they bring is also the server’s own',
    },
    people: { default: 400, about: 'people in the room then' },
    speakers: { default: 2, about: 'of them who talk all the time' },
    minutes: { default: 15, about: 'how long they stay' },
  },
});
if (from <= speakers || people <= from) {
  throw new BenchError('--people must be more than --from, and that more than --speakers.');
}

/** Until buffers are as full as they get. */
const SETTLED_AFTER_MS = 10_000;
/** A size is weighed so many times, and the middle one counts. */
const WEIGHED = 5;
const WEIGHED_EVERY_MS = 1000;
const SAMPLES = 60;

interface Sample {
  readonly atMs: number;
  readonly workerKb: number;
  readonly nodeKb: number;
  /** What Node holds after a collection, on its heap and beside it. */
  readonly heapKb: number;
}

const rig = await Rig.start();
const startedAt = performance.now();

const weigh = async (): Promise<Sample> => {
  const { usedKb } = await rig.channel.ask('heapAfterCollection', null);
  const { nodeKb, workersKb } = rig.memory();
  const workerKb = workersKb.reduce((sum, kb) => sum + kb, 0);
  return { atMs: performance.now() - startedAt, workerKb, nodeKb, heapKb: usedKb };
};

/** Once it has settled. */
const weighSettled = async (): Promise<Sample[]> => {
  await wait(SETTLED_AFTER_MS);
  const samples: Sample[] = [];
  while (samples.length < WEIGHED) {
    samples.push(await weigh());
    await wait(WEIGHED_EVERY_MS);
  }
  return samples;
};

const stay = async (): Promise<Sample[]> => {
  const everyMs = (minutes * 60_000) / SAMPLES;
  const samples: Sample[] = [];
  for (let count = 0; count < SAMPLES; count++) {
    samples.push(await weigh());
    if (count % 10 === 0) progress(`memory: ${count} of ${SAMPLES} samples`);
    await wait(everyMs);
  }
  return [...samples, await weigh()];
};

try {
  const room = await openRoom(rig.url, 'slots', speakers);
  const hush = talk(room.talkers, new Delivery());
  const grow = (by: number) => addListeners(rig.url, room, by, null);
  progress(`memory: ${from} people`);
  await grow(from - room.people.length);
  const before = await weighSettled();
  progress(`memory: ${people} people`);
  await grow(people - from);
  const after = await weighSettled();
  const own = process.cpuUsage();
  const stayedFrom = performance.now();
  const samples = await stay();
  const { user, system } = process.cpuUsage(own);
  const load = (user + system) / 1000 / (performance.now() - stayedFrom);
  hush();

  type Pick = (sample: Sample) => number;
  const middle = (some: readonly Sample[], pick: Pick): number => median(some.map(pick));
  const quarter = Math.floor(samples.length / 4);
  const lastly = samples.slice(-quarter);
  /** Of the last quarter against the first, in percent of the first. */
  const growth = (pick: Pick): number =>
    (middle(lastly, pick) / middle(samples.slice(0, quarter), pick) - 1) * 100;
  const each = (some: readonly Sample[], pick: Pick): number =>
    (middle(some, pick) - middle(before, pick)) / (people - from);
  const weight = (what: string, pick: Pick): Figure => ({
    what: `memory for each participant, ${from} → ${people} people, ${what}`,
    unit: 'KB',
    values: { value: each(after, pick), [`after ${minutes} min`]: each(lastly, pick) },
  });
  const goal = (most: number) => ({ code: 'V9', reach: { of: 'value', most } });
  const grown = (what: string, pick: Pick): Figure => ({
    code: 'V9',
    what: `growth within ${minutes} minutes, ${what}`,
    unit: '%',
    values: { value: growth(pick) },
    reach: { of: 'value', most: 5 },
  });
  const resident = { worker: 'worker, resident', node: 'Node, resident' };
  const held = 'Node, held after a collection';
  publish(
    {
      scenario: 'memory',
      parameters: { from, people, speakers, minutes, load: Number(load.toFixed(2)) },
      figures: [
        { ...weight(resident.worker, ({ workerKb }) => workerKb), ...goal(100) },
        { ...weight(resident.node, ({ nodeKb }) => nodeKb), ...goal(60) },
        weight(held, ({ heapKb }) => heapKb),
        grown(resident.worker, ({ workerKb }) => workerKb),
        grown(resident.node, ({ nodeKb }) => nodeKb),
        grown(held, ({ heapKb }) => heapKb),
      ],
      details: { before, after, samples },
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
