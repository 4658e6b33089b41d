/**
 * Calls in real Chromium on loopback: from the press on “Video call” to the ringing, and from the
 * press on “Answer with video” to the first frame and the first audible sample on both sides.
 */
import { readOptions } from '../../sfu-server/bench/report/options.ts';
import { publish } from '../../sfu-server/bench/report/report.ts';
import type { Figure } from '../../sfu-server/bench/report/report.ts';
import { summary } from '../../sfu-server/bench/report/statistics.ts';
import { spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { Caller } from '../e2e/support/caller.ts';
import { BINS } from '../e2e/support/person.ts';
import { withDeadline } from './support.ts';

const { calls: CALLS, output } = readOptions({
  scenario: 'call-media',
  about: 'Calls in real Chromium: until it rings, and until both hear and see each other.',
  minutes: 4,
  options: { calls: { default: 20, about: 'calls at each size of the page' } },
});
// Both pages draw on the one machine, and without a GPU: a large picture costs each most of a core,
// a small one comes nearer to two people with a machine each.
const SMALL = { width: 480, height: 360 };
const LARGE = { width: 1280, height: 800 };
type Viewport = typeof SMALL;
const [ANA, BO] = BINS;

/** Milliseconds since 1970; all pages share the machine's clock. */
interface CallTimes {
  /** When a button was last pressed. */
  readonly pressed: number;
  readonly ringing: number;
  readonly heard: number;
  readonly seen: number;
}

interface Call {
  readonly ana: CallTimes;
  readonly bo: CallTimes;
}

declare global {
  interface Window {
    reportCall(times: CallTimes): Promise<void>;
  }
}

/** Runs in the page: reports each call once the other is seen and heard. */
const watchCalls = (tone: number): void => {
  const now = (): number => performance.timeOrigin + performance.now();
  let pressed = 0;
  let ringing = 0;
  let phase: string | null = null;
  document.addEventListener('click', () => (pressed = now()), { capture: true });
  const firstFrame = async (): Promise<number> => {
    for (;;) {
      const video = document.querySelector<HTMLVideoElement>('video[data-picture="peer"]');
      if (video) {
        return new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(now())));
      }
      await new Promise((again) => setTimeout(again, 5));
    }
  };
  const report = async (): Promise<void> => {
    const [heard, seen] = await Promise.all([window.ears.firstHeard(tone), firstFrame()]);
    await window.reportCall({ pressed, ringing, heard, seen });
  };
  const look = (): void => {
    const next =
      document.querySelector('[data-call-phase]')?.getAttribute('data-call-phase') ?? null;
    if (next === phase) return;
    phase = next;
    if (next === 'ringing') ringing = now();
    if (next === 'active') void report();
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-call-phase'],
  });
};

const server = spawnServer({ DATA_DIR: ':memory:' });
const browser = await launchBrowser();
try {
  const url = await urlOf(server);
  const arrive = async (name: string, own: number, other: number) => {
    const caller = await Caller.arrive(browser, name, own);
    let take: (times: CallTimes) => void = () => undefined;
    await caller.person.context.exposeFunction('reportCall', (times: CallTimes) => {
      take(times);
    });
    await caller.person.context.addInitScript(watchCalls, other);
    await caller.signIn(url);
    const next = () =>
      withDeadline(new Promise<CallTimes>((resolve) => (take = resolve)), `${name} sees and hears`);
    return { caller, next };
  };
  const ana = await arrive('Ana', ANA, BO);
  const bo = await arrive('Bo', BO, ANA);
  await ana.caller.findPerson('Bo');

  const callOnce = async (): Promise<Call> => {
    const both = Promise.all([ana.next(), bo.next()]);
    await ana.caller.press('Video call Bo');
    await bo.caller.isIn('ringing');
    await bo.caller.press('Answer with video');
    const [atAna, atBo] = await both;
    await bo.caller.press('Hang up');
    await ana.caller.isIn('ended');
    await ana.caller.press('Close');
    for (const { caller } of [ana, bo]) await caller.hasNoCall();
    return { ana: atAna, bo: atBo };
  };
  const measure = async (viewport: Viewport): Promise<Figure[]> => {
    for (const { caller } of [ana, bo]) await caller.page.setViewportSize(viewport);
    const calls: Call[] = [];
    for (let index = 0; index < CALLS; index++) calls.push(await callOnce());
    const size = `${viewport.width} × ${viewport.height}`;
    const figure = (what: string, time: (call: Call) => number): Figure => ({
      what: `${what}, pages of ${size}`,
      unit: 'ms',
      values: summary(calls.map(time)),
    });
    return [
      figure('“Video call” pressed → the other rings', (it) => it.bo.ringing - it.ana.pressed),
      figure('“Answer” pressed → the caller hears', (it) => it.ana.heard - it.bo.pressed),
      figure('“Answer” pressed → the caller sees', (it) => it.ana.seen - it.bo.pressed),
      figure('“Answer” pressed → the callee hears', (it) => it.bo.heard - it.bo.pressed),
      figure('“Answer” pressed → the callee sees', (it) => it.bo.seen - it.bo.pressed),
    ];
  };
  // The first call warms up the browser and is not counted.
  await callOnce();
  const figures = [...(await measure(SMALL)), ...(await measure(LARGE))];
  for (const { caller } of [ana, bo]) await caller.leaveBrowser();
  publish(
    {
      scenario: 'call-media',
      parameters: { calls: CALLS },
      versions: { chromium: browser.version() },
      figures,
    },
    output,
  );
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
