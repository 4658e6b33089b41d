/**
 * How long a join takes in real Chromium on loopback, from `room:join` to the first audio packet
 * and to the first audible sample; and what the server's processes weigh, idle and with three in a
 * room.
 */
import { residentKb } from '../../sfu-server/bench/load/processes.ts';
import { readOptions } from '../../sfu-server/bench/report/options.ts';
import { publish } from '../../sfu-server/bench/report/report.ts';
import type { Figure } from '../../sfu-server/bench/report/report.ts';
import { summary } from '../../sfu-server/bench/report/statistics.ts';
import { childrenOf, spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { BINS, Person } from '../e2e/support/person.ts';
import { withDeadline } from './support.ts';

const { joins: JOINS, output } = readOptions({
  scenario: 'join',
  about: 'Joins in real Chromium, from `room:join` to the first packet and the first sound.',
  minutes: 3,
  options: { joins: { default: 20, about: 'joins of each kind' } },
});

/** Milliseconds from `room:join`. */
interface JoinTimes {
  readonly acked: number;
  readonly transports: number;
  readonly resumed: number;
  readonly packet: number;
  readonly heard: number;
}

declare global {
  interface Window {
    /** Called by the page: whoever asked it all the time would slow down what is measured. */
    reportJoin(times: JoinTimes): Promise<void>;
  }
}

/** Runs in the page: reports once the tone is heard and the steps of the join are noted. */
const reportWhenHeard = (tone: number): void => {
  const report = async (): Promise<void> => {
    const heardAt = (await window.ears.firstHeard(tone)) - performance.timeOrigin;
    const at = (step: string): number | undefined =>
      performance.getEntriesByName(`veche:${step}`)[0]?.startTime;
    while (at('firstPacket') === undefined) await new Promise((go) => setTimeout(go, 20));
    const start = at('joinStarted') ?? NaN;
    await window.reportJoin({
      acked: (at('joinAcked') ?? NaN) - start,
      transports: (at('transportsReady') ?? NaN) - start,
      resumed: (at('firstConsumerResumed') ?? NaN) - start,
      packet: (at('firstPacket') ?? NaN) - start,
      heard: heardAt - start,
    });
  };
  void report();
};

// In life the others draw their pages on machines of their own: here they draw next to nothing.
const QUIET = { viewport: { width: 320, height: 200 }, reducedMotion: 'reduce' } as const;

const [TALKER, FIRST, SECOND] = BINS;
const server = spawnServer({ DATA_DIR: ':memory:' });
const browser = await launchBrowser();
try {
  const url = await urlOf(server);
  const weigh = (when: string): Figure => ({
    what: `memory of Node and of the worker, ${when}`,
    unit: 'MB',
    values: {
      Node: residentKb(server.pid) / 1024,
      worker: Math.max(...childrenOf(server.pid).map(residentKb)) / 1024,
    },
  });
  const idle = weigh('idle');
  const talker = await Person.arrive(browser, 'Talker', TALKER, QUIET);
  await talker.signIn(url);
  const link = await talker.createRoom('Bench');
  await talker.unmute();

  /** From the list of rooms, on a page that is loaded; or by opening the link anew. */
  const joinOnce = async (bin: number, how: 'list' | 'link', options = {}) => {
    const person = await Person.arrive(browser, 'Joiner', bin, options);
    const measured = new Promise<JoinTimes>((resolve) => {
      void person.context.exposeFunction('reportJoin', resolve);
    });
    await person.signIn(url);
    await person.page.getByRole('button', { name: 'Create a room' }).first().waitFor();
    if (how === 'list') {
      await person.page.evaluate(reportWhenHeard, TALKER);
      await person.page.getByRole('link', { name: /Bench/ }).click();
    } else {
      await person.context.addInitScript(reportWhenHeard, TALKER);
      await person.page.goto(link, { waitUntil: 'commit' });
    }
    const times = await withDeadline(measured, 'the talker is heard');
    return { person, times };
  };

  // The first join warms up the browser and is not counted.
  const { person: third } = await joinOnce(FIRST, 'link', QUIET);
  const measure = async (how: 'list' | 'link') => {
    const joins: JoinTimes[] = [];
    for (let index = 0; index < JOINS; index++) {
      const { person, times } = await joinOnce(SECOND, how);
      joins.push(times);
      await person.leaveBrowser();
    }
    const from = how === 'list' ? 'join from the list of rooms' : 'link of a room opened anew';
    const pick = (to: string, key: keyof JoinTimes): Figure => ({
      what: `${from} → ${to}`,
      unit: 'ms',
      values: summary(joins.map((times) => times[key])),
    });
    return {
      figures: [pick('first audio packet', 'packet'), pick('first audible sample', 'heard')],
      steps: [
        pick('answer of the server', 'acked'),
        pick('transports ready', 'transports'),
        pick('first consumer resumed', 'resumed'),
      ],
    };
  };
  const fromList = await measure('list');
  const byLink = await measure('link');
  const { person: fourth } = await joinOnce(SECOND, 'link');
  await until(
    async () => (await (await fetch(`${url}/metrics`)).text()).includes('veche_participants 3'),
    'three in the room',
    10_000,
  );
  const three = weigh('three in a room');
  for (const person of [talker, third, fourth]) await person.leaveBrowser();

  publish(
    {
      scenario: 'join',
      parameters: { joins: JOINS },
      versions: { chromium: browser.version() },
      figures: [...fromList.figures, ...byLink.figures, idle, three],
      details: { steps: [...fromList.steps, ...byLink.steps] },
    },
    output,
  );
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
