/** What two who talk see of their call: pictures, hints, and what became of it. */
import type { Figure } from '../../../sfu-server/faults/scenario.ts';
import { timed } from '../../../sfu-server/faults/support/figures.ts';
import { until } from '../../../sfu-server/test/support/wait.ts';
import type { Readings } from './meters.ts';
import type { Side } from './stage.ts';

export const read = ({ caller }: Side): Promise<Readings> =>
  caller.page.evaluate(() => window.meters.read());

/** So many that it is no accident. */
const PICTURES = 30;

export const seesPictures = (side: Side): Promise<unknown> =>
  until(
    async () => (await read(side)).frames >= PICTURES,
    () => `${side.caller.name} gets pictures`,
    30_000,
  );

/** How far the call is at this side, and why it ended if it did. */
export const becameOf = async ({ caller }: Side): Promise<string> => {
  const call = caller.page.locator('[data-call-phase]');
  if ((await call.count()) === 0) return 'none';
  const phase = await call.getAttribute('data-call-phase');
  const reason = await call.getAttribute('data-call-reason');
  return [phase, reason].filter(Boolean).join(' ');
};

/** Counted from now. */
export const pictureReturns = async (side: Side, withinMs: number): Promise<Figure> => {
  const before = (await read(side)).frames;
  const backMs = await timed(() =>
    until(
      async () => (await read(side)).frames >= before + PICTURES,
      () => `${side.caller.name} gets pictures again`,
      2 * withinMs,
    ),
  ).catch(() => NaN);
  return {
    what: `${PICTURES} pictures have come again after the line is well`,
    value: Math.round(backMs),
    unit: 'ms',
    goal: { atMost: withinMs },
  };
};

/** Starts to count; the returned function tells how often the hint has come since. */
export const countHints = async ({ caller }: Side): Promise<() => Promise<number>> => {
  const watch = await caller.page.evaluateHandle(() => {
    const hints = { times: 0, there: false };
    new MutationObserver(() => {
      const there = document.querySelector('[data-poor-network]') !== null;
      if (there && !hints.there) hints.times++;
      hints.there = there;
    }).observe(document.body, { childList: true, subtree: true });
    return hints;
  });
  return async () => (await watch.jsonValue()).times;
};
