/** Two talk with pictures while the line of one of them is poor, and read so. */
import { setTimeout as lasts } from 'node:timers/promises';
import type { Context, Figure } from '../../../sfu-server/faults/scenario.ts';
import { timed } from '../../../sfu-server/faults/support/figures.ts';
import { judgeSeconds } from './seconds.ts';
import type { Heard, Seconds } from './seconds.ts';
import type { Readings } from './meters.ts';
import { becameOf, countHints, pictureReturns, read, seesPictures } from './signs.ts';
import type { Camera, Side, Stage } from './stage.ts';

const SHORT_S = 10;
const CONTROL_S = 20;
const HINT_WITHIN_MS = 15_000;

/** What came to one of them. */
interface Received {
  /** In which the other was heard, or not. */
  readonly seconds: Seconds;
  /** Percent of the sound that was made up. */
  readonly concealed: number;
  readonly framesPerSecond: number;
  /** Of pictures. */
  readonly kilobitsPerSecond: number;
  /** How long sound waited to be played, ms. */
  readonly bufferedMs: number;
  /** Percent of the samples that a device with time to spare would have asked for. */
  readonly played: number;
}

const SAMPLES_PER_SECOND = 48_000;

const between = (before: Readings, after: Readings, seconds: number) => ({
  concealed: (100 * (after.concealed - before.concealed)) / (after.samples - before.samples),
  framesPerSecond: (after.frames - before.frames) / seconds,
  kilobitsPerSecond: (8 * (after.pictureBytes - before.pictureBytes)) / 1000 / seconds,
  played: (100 * (after.samples - before.samples)) / (SAMPLES_PER_SECOND * seconds),
  bufferedMs: (1000 * (after.buffered - before.buffered)) / (after.emitted - before.emitted),
});

const startToListen = (listener: Side, speaker: Side): Promise<void> =>
  listener.caller.page.evaluate((asked) => window.ears.watch(asked), speaker.bin);

const heardBy = async (listener: Side, speaker: Side): Promise<Heard> => ({
  ...(await listener.caller.page.evaluate(() => ({
    present: window.ears.presence(),
    playedAt: window.ears.playedAt(),
  }))),
  speakerPlayedAt: await speaker.caller.page.evaluate(() => window.ears.playedAt()),
});

/** What was played comes in a moment later. */
const SETTLED_MS = 500;

const receive = async (listener: Side, speaker: Side, seconds: number): Promise<Received> => {
  const before = await read(listener);
  // Pages and this program run on one machine, with one clock.
  const startedAt = Date.now();
  await lasts(seconds * 1000);
  const after = await read(listener);
  const took = (Date.now() - startedAt) / 1000;
  await lasts(SETTLED_MS);
  const heard = await heardBy(listener, speaker);
  return {
    seconds: judgeSeconds(heard, startedAt, startedAt + seconds * 1000),
    ...between(before, after, took),
  };
};

interface Bounds {
  readonly windowsAtLeast: number;
  readonly concealedAtMost?: number;
  readonly framesAtLeast?: number;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Percent of the seconds that count. */
const shareOf = ({ heard, unheard }: Seconds): number => rounded((100 * heard) / (heard + unheard));

/** A run in which more of the seconds than this do not count proves nothing, percent. */
const STARVED_AT_MOST = 50;

const starvedOf = ({ heard, unheard, starved }: Seconds): number =>
  rounded((100 * starved) / (heard + unheard + starved));

const figuresOf = (who: string, received: Received, bounds: Bounds): Figure[] => [
  {
    what: `${who}: seconds in which the other was heard`,
    value: shareOf(received.seconds),
    unit: '%',
    goal: { atLeast: bounds.windowsAtLeast },
  },
  {
    what: `${who}: seconds that do not count, the machine had no time for sound`,
    value: starvedOf(received.seconds),
    unit: '%',
    goal: { atMost: STARVED_AT_MOST },
  },
  {
    what: `${who}: sound made up for what was lost`,
    value: rounded(received.concealed),
    unit: '%',
    ...(bounds.concealedAtMost === undefined ? {} : { goal: { atMost: bounds.concealedAtMost } }),
  },
  {
    what: `${who}: pictures`,
    value: rounded(received.framesPerSecond),
    unit: '/s',
    ...(bounds.framesAtLeast === undefined ? {} : { goal: { atLeast: bounds.framesAtLeast } }),
  },
  { what: `${who}: pictures take`, value: rounded(received.kilobitsPerSecond), unit: 'kbit/s' },
  { what: `${who}: sound played, of the time`, value: rounded(received.played), unit: '%' },
  { what: `${who}: sound waits`, value: rounded(received.bufferedMs), unit: 'ms' },
];

/** The same pages on the line as it was: what is missed here is no fault of the line. */
const controlOf = (who: string, { seconds, concealed }: Received): Figure[] => [
  { what: `${who}: before, seconds heard`, value: shareOf(seconds), unit: '%' },
  { what: `${who}: before, seconds that do not count`, value: starvedOf(seconds), unit: '%' },
  { what: `${who}: before, sound made up`, value: rounded(concealed), unit: '%' },
];

interface PoorLine {
  readonly camera?: Camera;
  /** Before anybody is there. */
  readonly before?: (stage: Stage) => Promise<void>;
  /** Makes the line poor; from then on it is measured. */
  readonly spoil?: (stage: Stage) => Promise<void>;
  readonly mend?: (stage: Stage) => Promise<void>;
  readonly seconds: number;
  /** Time for both sides to notice and adapt, not measured, s. */
  readonly adaptS?: number;
  readonly near: Bounds;
  readonly far: Bounds;
  /** The picture is seen again so soon after the line is well, ms. */
  readonly pictureBackWithinMs?: number;
  /** The page says that the connection is poor. */
  readonly hint: boolean;
}

export const talkOver =
  ({ camera = 'plain', before, spoil, mend, seconds, adaptS = 0, hint, ...rest }: PoorLine) =>
  async (stage: Stage, { short, say }: Context): Promise<readonly Figure[]> => {
    await before?.(stage);
    const { near, far } = await stage.talk('video', { camera, small: true });
    for (const side of [near, far]) await seesPictures(side);
    const poor = far.caller.page.getByText('Poor connection');
    await poor.waitFor({ state: 'detached' });
    await Promise.all([startToListen(near, far), startToListen(far, near)]);
    await lasts(SETTLED_MS);
    const control: Figure[] = [];
    if (spoil) {
      const [nearBefore, farBefore] = await Promise.all([
        receive(near, far, CONTROL_S),
        receive(far, near, CONTROL_S),
      ]);
      control.push(...controlOf('near', nearBefore), ...controlOf('far', farBefore));
      await spoil(stage);
    }
    const hintComings = await countHints(far);
    // One that never comes is a miss, and the rest is measured all the same.
    const hinted = hint
      ? timed(() => poor.waitFor({ timeout: 2 * HINT_WITHIN_MS })).catch(() => NaN)
      : null;
    await lasts(adaptS * 1000);
    const measuredS = short ? SHORT_S : seconds;
    say(`for ${measuredS} s`);
    const [atNear, atFar] = await Promise.all([
      receive(near, far, measuredS),
      receive(far, near, measuredS),
    ]);
    const becameOfIt = await Promise.all([near, far].map(becameOf));
    const lost = await Promise.all(
      [near, far].map(({ caller }) => caller.page.getByText(/Reconnecting 0:/).count()),
    );
    await mend?.(stage);
    const pictureBack =
      rest.pictureBackWithinMs === undefined
        ? null
        : await pictureReturns(far, rest.pictureBackWithinMs);
    const hintGoneMs = await timed(() =>
      poor.waitFor({ state: 'detached', timeout: 2 * HINT_WITHIN_MS }),
    );
    return [
      ...control,
      ...figuresOf('near', atNear, rest.near),
      ...figuresOf('far', atFar, rest.far),
      {
        what: 'the call',
        value: becameOfIt.join(', '),
        goal: { exactly: 'active, active' },
      },
      {
        what: 'who reconnects',
        value: lost[0] === 0 && lost[1] === 0 ? 'nobody' : 'somebody',
        goal: { exactly: 'nobody' },
      },
      ...(pictureBack ? [pictureBack] : []),
      ...(hinted
        ? [
            {
              what: 'the page says “Poor connection” after',
              value: Math.round(await hinted),
              unit: 'ms',
              goal: { atMost: HINT_WITHIN_MS },
            },
            {
              what: 'and says so no more after the line is well',
              value: Math.round(hintGoneMs),
              unit: 'ms',
              goal: { atMost: HINT_WITHIN_MS },
            },
            { what: 'and came so often', value: await hintComings(), goal: { exactly: 1 } },
          ]
        : []),
    ];
  };
