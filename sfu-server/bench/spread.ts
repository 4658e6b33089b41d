/**
 * What a second worker brings to a room: with as many listeners on each of two workers as the other
 * room has on its one, how much does the busier of the two work? Load and both workers share two cores
 * where there are no more, so the capacity is calculated from each worker's own time.
 */
import { Crowd } from './load/crowd.ts';
import { measureTurn } from './load/measure.ts';
import type { Turn } from './load/measure.ts';
import { Rig, totalMs } from './load/rig.ts';
import { UndisturbedTurns } from './load/undisturbed.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import { paired, ratio, spread } from './report/statistics.ts';

const { listeners, speakers, pairs, seconds, output } = readOptions({
  scenario: 'spread',
  about:
    'A room on one worker against one that has spread over two with as many listeners on each, in\n' +
    "turn: the capacity on two free cores, calculated from each worker's CPU.",
  minutes: 4,
  options: {
    listeners: { default: 120, about: 'on each worker; ten of them by WebRTC' },
    speakers: { default: 3, about: 'who speak at once' },
    pairs: { default: 5, about: 'turns of each kind' },
    seconds: { default: 15, about: 'measured in each turn, after 3 of warm-up' },
  },
});

/** Listeners by WebRTC on each router. */
const WEBRTC = 10;
/** One more than these, with those who speak and the owner, makes the room spread. */
const PER_ROUTER = WEBRTC + speakers + 1;
const WORKERS = 2;

const KINDS = ['one', 'two'] as const;
type Kind = (typeof KINDS)[number];

/** Share of a core that the busier worker uses for all packets; what was lost is not for free. */
const busiest = ({ used, ms, loss }: Turn): number => Math.max(...used.workersMs) / ms / (1 - loss);
const cost = ({ used, heard }: Turn): number => totalMs(used) / heard;

const rig = await Rig.start({
  WORKERS: String(WORKERS),
  VECHE_VOICE_LISTENERS_PER_ROUTER: String(PER_ROUTER),
});

const gather = async (workers: number): Promise<Crowd> => {
  progress(`${workers} workers: people join`);
  const webRtc = WEBRTC * workers;
  const crowd = await Crowd.gather(rig, { posture: 'slots', speakers, webRtc });
  if (crowd.routers !== workers) {
    throw new Error(`the room has ${crowd.routers} routers, not ${workers}`);
  }
  await crowd.resize(listeners * workers);
  return crowd;
};

try {
  const crowds: Record<Kind, Crowd> = { one: await gather(1), two: await gather(WORKERS) };
  const whole = new UndisturbedTurns();
  const turns: Record<Kind, Turn[]> = { one: [], two: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of KINDS) {
      const { talkers, delivery, listeners: all } = crowds[kind];
      const turn = await whole.take(`on ${kind}, pair ${pair + 1}`, () =>
        measureTurn({ rig, talkers, delivery, listeners: all, seconds }),
      );
      turns[kind].push(turn);
      progress(
        `${pair + 1} of ${pairs}, on ${kind}: ${all} listeners, busier worker ` +
          `${(busiest(turn) * 100).toFixed(1)} % of a core, loss ${(turn.loss * 100).toFixed(2)} %`,
      );
    }
  }
  const of = (kind: Kind, value: (turn: Turn) => number): number[] => turns[kind].map(value);
  const each = crowds.two.listeners / crowds.one.listeners;
  // As many listeners at the same load of the busier worker: the load that is saved is more listeners.
  const gain = paired(of('one', busiest), of('two', busiest), (one, two) => (each * one) / two);
  publish(
    {
      scenario: 'spread',
      parameters: {
        ...{ listeners, speakers, pairs, seconds },
        pinned: rig.pinned ? 'yes' : 'no',
        repeated: whole.repeated,
      },
      figures: [
        {
          code: 'V11',
          what: 'listeners on two workers with a free core each against one, calculated from CPU',
          unit: '×',
          values: spread(gain),
          reach: { of: 'median', least: 1.8 },
        },
        {
          what: 'share of a core of the busier worker, one of one',
          unit: '%',
          values: spread(of('one', (turn) => busiest(turn) * 100)),
        },
        {
          what: 'share of a core of the busier worker, one of two with as many listeners on each',
          unit: '%',
          values: spread(of('two', (turn) => busiest(turn) * 100)),
        },
        {
          what: 'server CPU for 1,000 forwarded packets, two workers against one',
          unit: '×',
          values: spread(paired(of('two', cost), of('one', cost), ratio)),
        },
      ],
      details: turns,
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
