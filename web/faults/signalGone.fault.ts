import { setTimeout as lasts } from 'node:timers/promises';
import { timed } from '../../sfu-server/faults/support/figures.ts';
import { LineScenario } from './support/lineScenario.ts';
import { listenFor, longestGapMs } from './support/listening.ts';

/** Longer than it takes to notice, shorter than the seat is kept. */
const GONE_MS = 12_000;

export default new LineScenario(import.meta.url, {
  name: 'signal-gone-12s',
  number: 7,
  title: 'Signalling is gone for 12 s, media is not',
  injects: 'No packet of the WebSocket comes through for 12 s; media does.',
  seconds: 40,
  play: async (stage) => {
    const { near, far } = await stage.meet();
    const nearHeard = await listenFor(near.caller, far.bin);
    const farHeard = await listenFor(far.caller, near.bin);
    await stage.line.suffer({ blocked: 'signalling' });
    const reconnecting = far.caller.page.locator('[data-room-status="reconnecting"]');
    const [noticedMs] = await Promise.all([
      timed(() => reconnecting.waitFor({ timeout: GONE_MS })),
      lasts(GONE_MS),
    ]);
    await stage.line.suffer({});
    const backMs = await timed(() => far.caller.person.isInRoom());
    const goal = { atMost: 200 };
    return [
      {
        what: 'the page says that it reconnects',
        value: Math.round(noticedMs),
        unit: 'ms',
        goal: { atMost: 10_000 },
      },
      {
        what: 'in the room again after its end',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: 8000 },
      },
      { what: 'longest gap, near', value: longestGapMs(await nearHeard()), unit: 'ms', goal },
      { what: 'longest gap, far', value: longestGapMs(await farHeard()), unit: 'ms', goal },
      {
        what: 'people in the room',
        value: (await near.caller.person.sees()).length,
        goal: { exactly: 2 },
      },
    ];
  },
});
