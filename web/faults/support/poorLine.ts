/** Two talk with pictures while the line of one of them is poor, and read so. */
import { setTimeout as lasts } from 'node:timers/promises';
import type { Context, Figure } from '../../../sfu-server/faults/scenario.ts';
import { until } from '../../../sfu-server/test/support/wait.ts';
import { timed } from '../../../sfu-server/faults/support/figures.ts';
import { listenFor, windowsHeard } from './listening.ts';
import type { Readings } from './meters.ts';
import type { Camera, Side, Stage } from './stage.ts';

const SHORT_S = 10;
const HINT_WITHIN_MS = 15_000;

const read = ({ caller }: Side): Promise<Readings> =>
  caller.page.evaluate(() => window.meters.read());

/** What came to one of them. */
interface Received {
  /** Percent of the seconds in which the other was heard. */
  readonly windows: number;
  /** Percent of the sound that was made up. */
  readonly concealed: number;
  readonly framesPerSecond: number;
  /** Of pictures. */
  readonly kilobitsPerSecond: number;
  /** How long sound waited to be played, ms. */
  readonly bufferedMs: number;
}

const between = (before: Readings, after: Readings, seconds: number) => ({
  concealed: (100 * (after.concealed - before.concealed)) / (after.samples - before.samples),
  framesPerSecond: (after.frames - before.frames) / seconds,
  kilobitsPerSecond: (8 * (after.pictureBytes - before.pictureBytes)) / 1000 / seconds,
  bufferedMs: (1000 * (after.buffered - before.buffered)) / (after.emitted - before.emitted),
});

const receive = async (listener: Side, speaker: Side, seconds: number): Promise<Received> => {
  const heard = await listenFor(listener.caller, speaker.bin);
  const before = await read(listener);
  const startedAt = performance.now();
  await lasts(seconds * 1000);
  const after = await read(listener);
  const took = (performance.now() - startedAt) / 1000;
  return { windows: windowsHeard(await heard()), ...between(before, after, took) };
};

interface Bounds {
  readonly windowsAtLeast: number;
  readonly concealedAtMost?: number;
  readonly framesAtLeast?: number;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

const figuresOf = (who: string, received: Received, bounds: Bounds): Figure[] => [
  {
    what: `${who}: seconds in which the other was heard`,
    value: rounded(received.windows),
    unit: '%',
    goal: { atLeast: bounds.windowsAtLeast },
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
  { what: `${who}: sound waits`, value: rounded(received.bufferedMs), unit: 'ms' },
];

/** So many that it is no accident. */
const PICTURES = 30;

const seesPictures = (side: Side): Promise<unknown> =>
  until(
    async () => (await read(side)).frames >= PICTURES,
    () => `${side.caller.name} gets pictures`,
    30_000,
  );

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
  /** The page says that the connection is poor. */
  readonly hint: boolean;
}

export const talkOver =
  ({ camera, before, spoil, mend, seconds, adaptS = 0, hint, ...bounds }: PoorLine) =>
  async (stage: Stage, { short, say }: Context): Promise<readonly Figure[]> => {
    await before?.(stage);
    const { near, far } = await stage.talk('video', camera);
    for (const side of [near, far]) await seesPictures(side);
    const poor = far.caller.page.getByText('Poor connection');
    await poor.waitFor({ state: 'detached' });
    await spoil?.(stage);
    const hinted = hint ? timed(() => poor.waitFor({ timeout: HINT_WITHIN_MS })) : null;
    await lasts(adaptS * 1000);
    const measuredS = short ? SHORT_S : seconds;
    say(`for ${measuredS} s`);
    const [atNear, atFar] = await Promise.all([
      receive(near, far, measuredS),
      receive(far, near, measuredS),
    ]);
    const lost = await Promise.all(
      [near, far].map(({ caller }) => caller.page.getByText(/Reconnecting/).count()),
    );
    await mend?.(stage);
    const hintGoneMs = await timed(() =>
      poor.waitFor({ state: 'detached', timeout: 2 * HINT_WITHIN_MS }),
    );
    return [
      ...figuresOf('near', atNear, bounds.near),
      ...figuresOf('far', atFar, bounds.far),
      {
        what: 'who reconnects',
        value: lost[0] === 0 && lost[1] === 0 ? 'nobody' : 'somebody',
        goal: { exactly: 'nobody' },
      },
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
          ]
        : []),
    ];
  };
