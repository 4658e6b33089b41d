import { timed } from '../../sfu-server/faults/support/figures.ts';
import { LineScenario } from './support/lineScenario.ts';
import { hearEachOther } from './support/stage.ts';

const SAID_WITHIN_MS = 10_000;

export default new LineScenario(import.meta.url, {
  name: 'media-gone',
  number: 10,
  title: 'All media is gone until somebody mends it',
  injects: 'No media comes through, neither over UDP nor over TCP, for 45 s; signalling does.',
  seconds: 70,
  play: async (stage) => {
    const { near, far } = await stage.meet();
    await stage.line.suffer({ blocked: 'media' });
    const interrupted = far.caller.page.locator('[data-media="interrupted"]');
    const saidMs = await timed(() => interrupted.waitFor({ timeout: 4 * SAID_WITHIN_MS }));
    // Time enough to try everything there is.
    await new Promise((resolve) => setTimeout(resolve, 45_000 - saidMs));
    const stillIn = await far.caller.page.locator('[data-room-status="joined"]').count();
    await stage.line.suffer({});
    const backMs = await timed(() => hearEachOther({ near, far }));
    return [
      {
        what: 'the page says that the sound is interrupted',
        value: Math.round(saidMs),
        unit: 'ms',
        goal: { atMost: SAID_WITHIN_MS },
      },
      { what: 'still in the room', value: stillIn, goal: { exactly: 1 } },
      {
        what: 'both hear each other again after its end',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: 10_000 },
      },
    ];
  },
});
