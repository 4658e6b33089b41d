/**
 * A room where many leave their microphones open: the server's time with slots against everyone
 * consuming everyone, in turn on the same worker.
 */
import { Crowd } from './load/crowd.ts';
import { measureTurn } from './load/measure.ts';
import type { Turn } from './load/measure.ts';
import { Rig, totalMs } from './load/rig.ts';
import { UndisturbedTurns } from './load/undisturbed.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';
import { paired, ratio, spread } from './report/statistics.ts';

const { people, microphones, slots, pairs, seconds, output } = readOptions({
  scenario: 'open-mics',
  about:
    'Server CPU with many open and noisy microphones: slots against everyone consuming everyone,\n' +
    'in turn on the same worker. All listen by plain SRTP; those with a microphone also speak.',
  minutes: 4,
  options: {
    people: { default: 100, about: 'in the room, all of whom listen' },
    microphones: { default: 20, about: 'of them with an open microphone, all noisy at once' },
    slots: { default: 4, about: 'how many are heard at once' },
    pairs: { default: 5, about: 'turns of each kind' },
    seconds: { default: 15, about: 'measured in each turn, after 3 of warm-up' },
  },
});

const KINDS = ['slots', 'direct'] as const;
type Kind = (typeof KINDS)[number];

/** Slots go to all; nobody consumes their own microphone. */
const HEARD = {
  slots: { listeners: people, of: 'passed' },
  direct: { listeners: people - 1, of: 'sent' },
} as const;

/** Share of a core. */
const cpu = ({ used, ms }: Turn): number => totalMs(used) / ms;

const rig = await Rig.start({ VECHE_VOICE_SLOTS: String(slots) });
const gather = async (posture: Kind): Promise<Crowd> => {
  progress(`${posture}: ${people} people with ${microphones} microphones join`);
  const options = { posture, speakers: microphones, webRtc: 0, speakersListen: true };
  const crowd = await Crowd.gather(rig, options);
  await crowd.resize(people);
  return crowd;
};

try {
  const crowds: Record<Kind, Crowd> = {
    slots: await gather('slots'),
    direct: await gather('direct'),
  };
  const whole = new UndisturbedTurns();
  const turns: Record<Kind, Turn[]> = { slots: [], direct: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of KINDS) {
      const { talkers, delivery } = crowds[kind];
      const turn = await whole.take(`${kind}, pair ${pair + 1}`, () =>
        measureTurn({ rig, talkers, delivery, seconds, ...HEARD[kind] }),
      );
      turns[kind].push(turn);
      progress(
        `${pair + 1} of ${pairs}, ${kind}: ${(cpu(turn) * 100).toFixed(0)} % of a core, ` +
          `${Math.round((turn.heard / turn.ms) * 1000)} packets/s arrived, ` +
          `p99 ${turn.p99} ms, load ${(turn.load * 100).toFixed(0)} %`,
      );
    }
  }
  const of = (kind: Kind, value: (turn: Turn) => number) => spread(turns[kind].map(value));
  const lines = (kind: Kind, name: string): Figure[] => [
    {
      what: `${name}: server CPU, share of a core`,
      unit: '%',
      values: of(kind, (turn) => cpu(turn) * 100),
    },
    {
      what: `${name}: packets that arrived in a second`,
      unit: '',
      values: of(kind, ({ heard, ms }) => (heard / ms) * 1000),
    },
    { what: `${name}: p99 of the forward delay`, unit: 'ms', values: of(kind, ({ p99 }) => p99) },
  ];
  publish(
    {
      scenario: 'open-mics',
      parameters: {
        ...{ people, microphones, slots, pairs, seconds },
        pinned: rig.pinned ? 'yes' : 'no',
        repeated: whole.repeated,
      },
      figures: [
        {
          code: 'V3',
          what: 'server CPU, slots against everyone consuming everyone',
          unit: '×',
          values: spread(paired(turns.slots.map(cpu), turns.direct.map(cpu), ratio)),
          reach: { of: 'median', most: 0.25 },
        },
        ...lines('slots', 'slots'),
        ...lines('direct', 'everyone consumes everyone'),
      ],
      details: turns,
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
