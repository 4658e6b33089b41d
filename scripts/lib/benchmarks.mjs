// The benchmarks by name, and which one a command line asks for. Pure.
import { UsageError } from './failure.mjs';

/** @typedef {{ file: string, about: string, codes?: string[], chromium?: true }} Benchmark */

/** @type {Readonly<Record<string, Benchmark>>} */
export const BENCHMARKS = {
  room: {
    file: 'sfu-server/bench/room.ts',
    about: 'people with real media in a room of a server that runs on this machine',
  },
  forwarding: {
    file: 'sfu-server/bench/forwarding.ts',
    codes: ['V1', 'V7'],
    about: 'what a forwarded packet costs and how late it is: slots, no slots, mediasoup alone',
  },
  'open-mics': {
    file: 'sfu-server/bench/openMics.ts',
    codes: ['V3'],
    about: 'many noisy microphones: slots against everyone consuming everyone',
  },
  capacity: {
    file: 'sfu-server/bench/capacity.ts',
    codes: ['V5'],
    about: 'the largest room on one worker and one core',
  },
  spread: {
    file: 'sfu-server/bench/spread.ts',
    codes: ['V11'],
    about: 'how much more a room on two workers carries than one on one',
  },
  memory: {
    file: 'sfu-server/bench/memory.ts',
    codes: ['V9'],
    about: 'what a participant weighs, also after 15 minutes',
  },
  counts: {
    file: 'sfu-server/bench/counts.ts',
    codes: ['V4', 'V10'],
    about: 'what stays the same in a room that grows: consumers, m-lines, requests, messages',
  },
  storm: {
    file: 'sfu-server/bench/storm.ts',
    codes: ['V8'],
    about: 'joins of a large room, to the first packet: single ones, a burst, and everyone at once',
  },
  onset: {
    file: 'sfu-server/bench/onset.ts',
    codes: ['V6'],
    about: 'how soon somebody who begins to speak is heard through a slot',
  },
  janus: {
    file: 'sfu-server/bench/janus.ts',
    codes: ['V2'],
    about: 'what a forwarded packet costs against Janus VideoRoom, in a network of its own',
  },
  calls: {
    file: 'sfu-server/bench/calls.ts',
    about: 'calls with races of every kind: their ends, what is left, the time to ring',
  },
  join: {
    file: 'web/bench/join.ts',
    about: 'a join in real Chromium, to the first sound; memory',
    chromium: true,
  },
  'call-media': {
    file: 'web/bench/callMedia.ts',
    about: 'a call in real Chromium, to the first picture and sound',
    chromium: true,
  },
  voice: {
    file: 'web/bench/voice.ts',
    codes: ['V6b'],
    about: 'a large room in real Chromium: how soon a voice is heard, and what a change conceals',
    chromium: true,
  },
  'crowd-page': {
    file: 'web/bench/crowdPage.ts',
    about: 'the page of a large room in real Chromium: its main thread, its heap',
    chromium: true,
  },
};

const USAGE = 'usage: npm run bench -- NAME [OPTION...] [--json] [--save]';

const help = () => {
  const names = Object.entries(BENCHMARKS);
  const label = (/** @type {string} */ name, /** @type {Benchmark} */ { codes = [] }) =>
    [name, ...codes].join(', ');
  const width = Math.max(...names.map((entry) => label(...entry).length));
  const lines = names.map((entry) => `  ${label(...entry).padEnd(width)}   ${entry[1].about}`);
  return `${USAGE}
       npm run bench -- --room 300 --speakers 3 --url http://localhost:3000

${lines.join('\n')}

  --json   print JSON alone (npm run -s bench, so that npm says nothing either)
  --save   also keep the JSON in docs/figures, from which README.md is made
  --help   show this; after a name, the options of that benchmark, and how long it takes`;
};

/**
 * @typedef {{ help: string } | { help?: undefined, file: string, args: string[], chromium: boolean }} Chosen
 * @param {readonly string[]} args
 * @returns {Chosen}
 */
export function parseBench(args) {
  const [first = '', ...rest] = args;
  if (first === '--help' || first === '-h') return { help: help() };
  // An operator wants a room and no name.
  const named = !first.startsWith('--') || first === '';
  const benchmark = named ? findBenchmark(first) : BENCHMARKS['room'];
  if (!benchmark) throw new UsageError(`there is no benchmark '${first}'\n${help()}`);
  const { file, chromium = false } = benchmark;
  return { file, args: named ? rest : [...args], chromium };
}

/** @param {string} name */
const findBenchmark = (name) =>
  Object.hasOwn(BENCHMARKS, name)
    ? BENCHMARKS[name]
    : Object.values(BENCHMARKS).find(({ codes }) => codes?.includes(name));
