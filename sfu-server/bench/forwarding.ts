/**
 * What a forwarded packet costs and how late it is: through slots, forwarded by the same server
 * without slots, and by mediasoup alone; in turn, on the same worker.
 */
import { Delivery } from './load/delivery.ts';
import { measureTurn } from './load/measure.ts';
import type { Turn } from './load/measure.ts';
import { openNative } from './load/nativePeople.ts';
import { addListeners, openRoom } from './load/people.ts';
import { Rig, totalMs } from './load/rig.ts';
import type { Talker } from './load/talk.ts';
import { UndisturbedTurns } from './load/undisturbed.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import type { Figure } from './report/report.ts';
import { difference, paired, ratio, spread } from './report/statistics.ts';

const { listeners, speakers, pairs, seconds, output } = readOptions({
  scenario: 'forwarding',
  about:
    'Server CPU for each forwarded packet and the delay of packets, with real WebRTC listeners:\n' +
    'through slots, without slots, and by mediasoup alone, in turn on the same worker.',
  minutes: 6,
  options: {
    listeners: { default: 100, about: 'who hear everyone that speaks' },
    speakers: { default: 3, about: 'who speak at once; no more than there are slots' },
    pairs: { default: 5, about: 'turns of each kind' },
    seconds: { default: 15, about: 'measured in each turn, after 3 of warm-up' },
  },
});

const KINDS = ['slots', 'direct', 'native'] as const;
type Kind = (typeof KINDS)[number];

const NAMES: Record<Kind, string> = {
  slots: 'slots',
  direct: 'the same server without slots',
  native: 'mediasoup alone',
};
const COST = 'server CPU for 1,000 forwarded packets';

/** Each kind has people, and packets, of its own. */
interface Side {
  readonly delivery: Delivery;
  readonly talkers: readonly Talker[];
}

const open = async (rig: Rig, kind: Kind): Promise<Side> => {
  const delivery = new Delivery();
  progress(`${kind}: ${speakers} speakers and ${listeners} listeners join`);
  if (kind === 'native') {
    const talkers = await openNative(rig.channel, speakers, listeners, delivery);
    return { delivery, talkers };
  }
  const room = await openRoom(rig.url, kind, speakers);
  await addListeners(rig.url, room, listeners, delivery);
  return { delivery, talkers: room.talkers };
};

/** Seconds of a core for 1,000 packets that arrived. */
const cost = ({ used, heard }: Turn): number => totalMs(used) / heard;

const rig = await Rig.start();
try {
  const sides: Record<Kind, Side> = {
    slots: await open(rig, 'slots'),
    direct: await open(rig, 'direct'),
    native: await open(rig, 'native'),
  };
  const whole = new UndisturbedTurns();
  const turns: Record<Kind, Turn[]> = { slots: [], direct: [], native: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of KINDS) {
      const turn = await whole.take(`${kind}, pair ${pair + 1}`, () =>
        measureTurn({ rig, listeners, seconds, ...sides[kind] }),
      );
      turns[kind].push(turn);
      progress(
        `${pair + 1} of ${pairs}, ${kind}: ${cost(turn).toFixed(5)} s for 1,000 packets, ` +
          `p50 ${turn.p50} ms, p99 ${turn.p99} ms, loss ${(turn.loss * 100).toFixed(2)} %`,
      );
    }
  }

  const all = (kind: Kind, value: (turn: Turn) => number): number[] => turns[kind].map(value);
  const figure = (
    kind: Kind,
    what: string,
    unit: Figure['unit'],
    value: (turn: Turn) => number,
  ) => ({
    what: `${NAMES[kind]}: ${what}`,
    unit,
    values: spread(all(kind, value)),
  });
  const against = (kind: Kind, value: (turn: Turn) => number, compare: typeof ratio) =>
    spread(paired(all('slots', value), all(kind, value), compare));
  const p50 = (turn: Turn): number => turn.p50;
  const p99 = (turn: Turn): number => turn.p99;

  publish(
    {
      scenario: 'forwarding',
      parameters: {
        ...{ listeners, speakers, pairs, seconds },
        pinned: rig.pinned ? 'yes' : 'no',
        repeated: whole.repeated,
      },
      figures: [
        {
          code: 'V1',
          ...figure('slots', COST, 's', cost),
          reach: { of: 'median', most: 0.012 },
        },
        figure('direct', COST, 's', cost),
        figure('native', COST, 's', cost),
        {
          code: 'V1',
          what: 'server CPU, slots against the same server without slots',
          unit: '×',
          values: against('direct', cost, ratio),
          reach: { of: 'median', most: 1.2 },
        },
        {
          what: 'server CPU, slots against mediasoup alone',
          unit: '×',
          values: against('native', cost, ratio),
        },
        ...KINDS.flatMap((kind) => [
          figure(kind, 'p50 of the forward delay', 'ms', p50),
          figure(kind, 'p99 of the forward delay', 'ms', p99),
        ]),
        {
          code: 'V7',
          what: 'p99 of the forward delay, slots over mediasoup alone',
          unit: 'ms',
          values: against('native', p99, difference),
          reach: { of: 'median', most: 2 },
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
