/** Only the WebSocket is lost: who looks at the room must not notice. */
import { setTimeout as lasts } from 'node:timers/promises';
import { Scenario } from '../../sfu-server/faults/scenario.ts';
import { timed } from '../../sfu-server/faults/support/figures.ts';
import { startTestServer } from '../../sfu-server/test/support/testServer.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { Caller } from '../e2e/support/caller.ts';
import { layLine } from '../e2e/support/line.ts';
import { BINS } from '../e2e/support/person.ts';
import { listenFor, longestGapMs } from './support/listening.ts';
import { expectComers, watchNews } from './support/news.ts';

const DROPPED_MS = 2000;
const [ANA, BO] = BINS;

export default new Scenario({
  name: 'signal-drop',
  number: 7,
  title: 'The WebSocket is dropped for 2 s, media is not',
  injects: 'The WebSocket of one of two in a room is cut, and none can be made for 2 s.',
  seconds: 15,
  needs: ['chromium'],
  run: async ({ after }) => {
    const server = await startTestServer();
    after(() => server.stop());
    const browser = await launchBrowser();
    after(() => browser.close());
    const line = await layLine(server.running.port);
    after(() => line.close());
    // The ears in the page are a program of their own.
    const options = { bypassCSP: true };
    const ana = await Caller.arrive(browser, 'Ana', ANA, options);
    await ana.signIn(`http://localhost:${server.running.port}`);
    const roomId = new URL(await ana.person.createRoom('Town square')).pathname;
    const hearsOfComers = await expectComers(ana.person);
    const bo = await Caller.arrive(browser, 'Bo', BO, options);
    await bo.signIn(line.url);
    await bo.page.goto(`${line.url}${roomId}`);
    await bo.person.isInRoom();
    for (const { person } of [ana, bo]) await person.unmute();
    await Promise.all([ana.hearsOnly([BO]), bo.hearsOnly([ANA])]);
    await hearsOfComers(1);

    const anaHeard = await listenFor(ana, BO);
    const boHeard = await listenFor(bo, ANA);
    const news = await watchNews(ana.page);
    line.cut();
    await Promise.all([
      bo.page.locator('[data-room-status="reconnecting"]').waitFor(),
      lasts(DROPPED_MS),
    ]);
    line.mend();
    const backMs = await timed(() => bo.person.isInRoom());
    // The page gathers comings and goings before it tells of them.
    await lasts(3000);
    const { told, fewest, most } = await news();
    const goal = { atMost: 200 };
    return [
      {
        what: 'longest gap, of who was cut',
        value: longestGapMs(await anaHeard()),
        unit: 'ms',
        goal,
      },
      {
        what: 'longest gap, for who was cut',
        value: longestGapMs(await boHeard()),
        unit: 'ms',
        goal,
      },
      { what: 'people in the room, at least', value: fewest, goal: { exactly: 2 } },
      { what: 'people in the room, at most', value: most, goal: { exactly: 2 } },
      { what: 'comings and goings told', value: told.length, goal: { exactly: 0 } },
      {
        what: 'in the room again after',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: 8000 },
      },
    ];
  },
});
