/**
 * Calls in real Chromium on loopback: from the press on “Video call” to the ringing, and from the
 * press on “Answer with video” to the first frame and the first audible sample on both sides.
 * Prints JSON.
 */
import { spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { Caller } from '../e2e/support/caller.ts';
import { BINS } from '../e2e/support/person.ts';
import { reportHead, summary, withDeadline } from './support.ts';

const CALLS = 20;
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
  const measure = async (viewport: Viewport) => {
    for (const { caller } of [ana, bo]) await caller.page.setViewportSize(viewport);
    const calls: Call[] = [];
    for (let index = 0; index < CALLS; index++) calls.push(await callOnce());
    const of = (time: (call: Call) => number) => summary(calls.map(time));
    return {
      viewport,
      calls: calls.length,
      msFromPressToRinging: of((call) => call.bo.ringing - call.ana.pressed),
      msFromAnswer: {
        callerHears: of((call) => call.ana.heard - call.bo.pressed),
        callerSees: of((call) => call.ana.seen - call.bo.pressed),
        calleeHears: of((call) => call.bo.heard - call.bo.pressed),
        calleeSees: of((call) => call.bo.seen - call.bo.pressed),
      },
    };
  };
  // The first call warms up the browser and is not counted.
  await callOnce();
  const small = await measure(SMALL);
  const large = await measure(LARGE);
  for (const { caller } of [ana, bo]) await caller.leaveBrowser();
  const report = { ...reportHead('call-media', browser.version()), small, large };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
