/**
 * What a participant of a large room weighs in the worker and in Node, and whether the room stays as
 * heavy while time passes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Delivery } from './load/delivery.ts';
import { addListeners, openRoom } from './load/people.ts';
import { Rig } from './load/rig.ts';
import { talk } from './load/talk.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';
import { median } from './report/statistics.ts';

const { people, speakers, minutes, output } = readOptions({
  scenario: 'memory',
  about:
    'Resident memory for each participant of a room with slots, by WebRTC and with a connection\n' +
    'of its own, and how it changes while they stay and some talk.',
  options: {
    people: { default: 200, about: 'who join on top of those that warm the server up' },
    speakers: { default: 3, about: 'who talk all the time' },
    minutes: { default: 15, about: 'how long they stay' },
  },
});

/** What the first ones bring is the server's own: code, pools, tables. */
const WARM_UP_PEOPLE = 30;
/** Until buffers are as full as they get. */
const SETTLED_AFTER_MS = 10_000;
const SAMPLES = 60;

interface Sample {
  readonly atMs: number;
  readonly workerKb: number;
  readonly nodeKb: number;
  /** Of Node, after a collection. */
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
  progress(`memory: ${WARM_UP_PEOPLE} people join to warm up`);
  await addListeners(rig.url, room, WARM_UP_PEOPLE, null);
  await wait(SETTLED_AFTER_MS);
  const before = await weigh();
  progress(`memory: ${people} people join`);
  await addListeners(rig.url, room, people, null);
  await wait(SETTLED_AFTER_MS);
  const after = await weigh();
  const samples = await stay();
  hush();

  const quarter = Math.floor(samples.length / 4);
  /** Of the last quarter against the first, in percent of the first. */
  const growth = (pick: (sample: Sample) => number): number => {
    const first = median(samples.slice(0, quarter).map(pick));
    return (median(samples.slice(-quarter).map(pick)) / first - 1) * 100;
  };
  const each = (one: Sample, pick: (sample: Sample) => number): number =>
    (pick(one) - pick(before)) / people;
  const last = samples.at(-1) ?? after;
  const weight = (what: string, most: number, pick: (sample: Sample) => number): Figure => ({
    code: 'V9',
    what: `memory for each participant, ${what}`,
    unit: 'KB',
    values: { value: each(after, pick), [`after ${minutes} min`]: each(last, pick) },
    reach: { of: 'value', most },
  });
  const grown = (what: string, pick: (sample: Sample) => number): Figure => ({
    code: 'V9',
    what: `growth of ${what} within ${minutes} minutes`,
    unit: '%',
    values: { value: growth(pick) },
    reach: { of: 'value', most: 5 },
  });
  publish(
    {
      scenario: 'memory',
      parameters: { people, speakers, minutes },
      figures: [
        weight('worker', 100, ({ workerKb }) => workerKb),
        weight('Node', 60, ({ nodeKb }) => nodeKb),
        {
          what: 'memory for each participant, heap of Node after a collection',
          unit: 'KB',
          values: { value: each(after, ({ heapKb }) => heapKb) },
        },
        grown('the worker', ({ workerKb }) => workerKb),
        grown('Node', ({ nodeKb }) => nodeKb),
        grown("Node's heap after a collection", ({ heapKb }) => heapKb),
      ],
      details: { before, after, samples },
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
