/**
 * How long a join takes in real Chromium on loopback, from `room:join` to the first audio packet
 * and to the first audible sample; and what the server's processes weigh, idle and with three in a
 * room. Prints JSON.
 */
import { readFileSync } from 'node:fs';
import { childrenOf, spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { BINS, Person } from '../e2e/support/person.ts';
import { reportHead, summary, withDeadline } from './support.ts';

const JOINS = 20;
const PAGE_KB = 4;

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

/** Resident memory of a process, MB (Linux). */
const residentMb = (pid: number): number =>
  Math.round((Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_KB) / 102.4) /
  10;

// In life the others draw their pages on machines of their own: here they draw next to nothing.
const QUIET = { viewport: { width: 320, height: 200 }, reducedMotion: 'reduce' } as const;

const [TALKER, FIRST, SECOND] = BINS;
const server = spawnServer({ DATA_DIR: ':memory:' });
const browser = await launchBrowser();
try {
  const url = await urlOf(server);
  const weigh = () => ({
    nodeMb: residentMb(server.pid),
    workersMb: childrenOf(server.pid).map(residentMb),
  });
  const idle = weigh();
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
    const pick = (key: keyof JoinTimes) => summary(joins.map((times) => times[key]));
    return {
      joins: joins.length,
      acked: pick('acked'),
      transportsReady: pick('transports'),
      firstConsumerResumed: pick('resumed'),
      firstPacket: pick('packet'),
      firstAudible: pick('heard'),
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
  const three = weigh();
  for (const person of [talker, third, fourth]) await person.leaveBrowser();

  const report = {
    ...reportHead('join', browser.version()),
    msFromJoin: { fromList, byLink },
    memory: { idle, threeInARoom: three },
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
