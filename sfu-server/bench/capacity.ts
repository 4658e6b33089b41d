/**
 * How many listeners a room can have on one worker and one core before packets are late or lost: the
 * size is raised until one of both happens, then the border is looked for.
 */
import { Crowd } from './load/crowd.ts';
import type { CrowdOptions } from './load/crowd.ts';
import { measureTurn } from './load/measure.ts';
import type { Turn } from './load/measure.ts';
import { Rig } from './load/rig.ts';
import { largestThatHolds } from './load/search.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';

const { seconds, finest, most, output, ...sizes } = readOptions({
  scenario: 'capacity',
  about:
    'The largest number of listeners in one room on one worker with less than 1 % of the packets\n' +
    'lost and a p99 of the forward delay below 20 ms, with three who speak at once and with one.',
  minutes: 15,
  options: {
    seconds: { default: 30, about: 'each size has to hold, after 3 of warm-up' },
    webrtc: { default: 50, about: 'listeners by WebRTC; all others by plain SRTP' },
    from: { default: 200, about: 'first size with three who speak; three times as many with one' },
    step: { default: 100, about: 'how far it goes at once; three times as far with one' },
    finest: { default: 25, about: 'how exactly the border is looked for' },
    most: { default: 3000, about: 'larger rooms are not tried' },
    kinds: { default: 'slots', about: 'slots, direct or both: slots,direct' },
  },
});

const MOST_LOSS = 0.01;
const LATEST_MS = 20;
/** The load itself is at its end, so that nothing is said of the server any more. */
const LOAD_FULL = 0.95;

interface Trial extends Turn {
  readonly listeners: number;
  readonly held: boolean;
}

const rig = await Rig.start();

const search = async (options: CrowdOptions, factor: number) => {
  progress(`${options.posture}, ${options.speakers} speaking: ${options.webRtc} join by WebRTC`);
  const crowd = await Crowd.gather(rig, options);
  const trials: Trial[] = [];
  const found = await largestThatHolds(
    { from: sizes.from * factor, step: sizes.step * factor, finest, most },
    async (size) => {
      await crowd.resize(size);
      const { talkers, delivery, listeners } = crowd;
      const turn = await measureTurn({ rig, talkers, delivery, listeners, seconds });
      const held = turn.loss < MOST_LOSS && turn.p99 < LATEST_MS;
      trials.push({ ...turn, listeners, held });
      const [workerMs = NaN] = turn.used.workersMs;
      progress(
        `${listeners} listeners: p99 ${turn.p99} ms, loss ${(turn.loss * 100).toFixed(2)} %, ` +
          `worker ${((workerMs / turn.ms) * 100).toFixed(0)} %, ` +
          `Node ${((turn.used.nodeMs / turn.ms) * 100).toFixed(0)} %, ` +
          `load ${(turn.load * 100).toFixed(0)} % of a core: ${held ? 'holds' : 'does not hold'}`,
      );
      return held;
    },
  );
  await crowd.leave();
  return { found, trials, options };
};

const figures = (result: Awaited<ReturnType<typeof search>>, goal: number): Figure[] => {
  const { found, trials, options } = result;
  const { posture, speakers } = options;
  const name = `${posture === 'slots' ? 'slots' : 'without slots'}, ${speakers} speaking`;
  const best = trials.find(({ listeners, held }) => held && listeners === found);
  const full = trials.some(({ held, load }) => !held && load > LOAD_FULL);
  const value: Figure = {
    what: `${name}: listeners in one room on one core${full ? ' (at least: the load was full before the server)' : ''}`,
    unit: '',
    values: { value: found },
  };
  const [workerMs = NaN] = best?.used.workersMs ?? [];
  return [
    posture === 'slots' ? { code: 'V5', ...value, reach: { of: 'value', least: goal } } : value,
    ...(best
      ? [
          {
            what: `${name}: p99 of the forward delay with so many`,
            unit: 'ms',
            values: { value: best.p99 },
          } as const,
          {
            what: `${name}: share of a core with so many`,
            unit: '%',
            values: {
              worker: (workerMs / best.ms) * 100,
              Node: (best.used.nodeMs / best.ms) * 100,
            },
          } as const,
        ]
      : []),
  ];
};

try {
  const all: Figure[] = [];
  const details: Trial[][] = [];
  for (const posture of ['slots', 'direct'] as const) {
    if (!sizes.kinds.split(',').includes(posture)) continue;
    for (const { speakers, goal, factor } of [
      { speakers: 3, goal: 400, factor: 1 },
      { speakers: 1, goal: 1000, factor: 3 },
    ]) {
      const result = await search({ posture, speakers, webRtc: sizes.webrtc }, factor);
      all.push(...figures(result, goal));
      details.push(result.trials);
    }
  }
  publish(
    {
      scenario: 'capacity',
      parameters: { seconds, webrtc: sizes.webrtc, finest, pinned: rig.pinned ? 'yes' : 'no' },
      figures: all,
      details,
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
