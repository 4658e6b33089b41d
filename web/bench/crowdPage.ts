/**
 * What the page of a large room costs the browser that shows it: main thread and heap by Chromium's
 * own count, while nothing happens, while people speak in turn, and while people come and go.
 */
import type { RoomId } from '@veche/protocol';
import type { CDPSession } from 'playwright-core';
import { readOptions } from '../../sfu-server/bench/report/options.ts';
import { progress, publish } from '../../sfu-server/bench/report/report.ts';
import type { Figure } from '../../sfu-server/bench/report/report.ts';
import { spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { RawPeer } from '../../sfu-server/test/support/rawPeer.ts';
import { TestClient } from '../../sfu-server/test/support/testClient.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { DESKTOP, launchBrowser } from '../e2e/support/browser.ts';
import { Person } from '../e2e/support/person.ts';

const { people, seconds, output } = readOptions({
  scenario: 'crowd-page',
  about: 'The page of a large room in real Chromium: its main thread, its heap.',
  minutes: 2,
  options: {
    people: { default: 500, about: 'people in the room, the one at the page included' },
    seconds: { default: 15, about: 'how long each state of the room is measured' },
  },
});

const SPEAKERS = 3;
const TURN_MS = 1500;
/** So many come in a second, and as many go. */
const COMERS_PER_SECOND = 5;
/** Connections that are made at once. */
const AT_ONCE = 20;
const CHUNK_MS = 20_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the main thread: time on its core, s, since the page began. */
const BUSY = {
  all: 'TaskDuration',
  script: 'ScriptDuration',
  layout: 'LayoutDuration',
  style: 'RecalcStyleDuration',
} as const;

const metrics = async (devTools: CDPSession): Promise<(name: string) => number> => {
  const answer = await devTools.send('Performance.getMetrics');
  const values = new Map(answer.metrics.map(({ name, value }) => [name, value]));
  return (name) => values.get(name) ?? NaN;
};

const server = spawnServer({ DATA_DIR: ':memory:' });
const browser = await launchBrowser();
try {
  const url = await urlOf(server);
  const viewer = await Person.arrive(browser, 'Viewer', NaN, DESKTOP);
  const { page } = viewer;
  await viewer.signIn(url);
  const link = await viewer.createRoom('Bench');
  const roomId = (link.split('/').at(-1) ?? '') as RoomId;
  const devTools = await page.context().newCDPSession(page);
  // Not the time that passed: other programs use the same cores.
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await devTools.send('HeapProfiler.enable');

  const crowd: TestClient[] = [];
  let newcomers = 0;
  const come = async (): Promise<TestClient> => {
    const client = await TestClient.connect(url, { name: `Person ${++newcomers}` });
    await client.request('room:join', { roomId });
    crowd.push(client);
    return client;
  };
  const go = async (): Promise<void> => {
    const client = crowd.shift();
    await client?.request('room:leave', { roomId });
    client?.disconnect();
  };
  progress(`${people} people come`);
  const speakers: RawPeer[] = [];
  for (let index = 0; index < SPEAKERS; index++) {
    const client = await TestClient.connect(url, { name: `Speaker ${index + 1}` });
    const peer = await RawPeer.join(client, roomId);
    await peer.publish();
    await peer.unmute();
    speakers.push(peer);
  }
  while (crowd.length < people - 1 - SPEAKERS) {
    const missing = people - 1 - SPEAKERS - crowd.length;
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing) }, come));
  }
  await until(
    async () => (await page.locator('header').textContent())?.includes(String(people)) === true,
    `the page counts ${people} people`,
    CHUNK_MS,
  );

  /** Milliseconds of the main thread per second, while this goes on. */
  const measure = async (state: string, go: () => Promise<void>): Promise<Figure> => {
    progress(`${seconds} s: ${state}`);
    // What came before has its last effects.
    await sleep(2000);
    for (const client of crowd) client.forget();
    const before = await metrics(devTools);
    const started = performance.now();
    await go();
    const lasted = (performance.now() - started) / 1000;
    const after = await metrics(devTools);
    const values = Object.entries(BUSY).map(([name, metric]) => [
      name,
      ((after(metric) - before(metric)) * 1000) / lasted,
    ]);
    return {
      what: `page of a room with ${people} people, main thread per second, ${state}`,
      unit: 'ms',
      values: Object.fromEntries(values) as Record<string, number>,
    };
  };

  const rest = await measure('nothing happens', () => sleep(seconds * 1000));
  const speech = await measure(`${SPEAKERS} speak in turn`, async () => {
    const end = performance.now() + seconds * 1000;
    for (let turn = 0; performance.now() < end; turn++) {
      const speaker = speakers[turn % SPEAKERS];
      speaker?.talk();
      await sleep(Math.min(TURN_MS, end - performance.now()));
      speaker?.hush();
    }
  });
  const churn = await measure(`${COMERS_PER_SECOND} come and go each second`, async () => {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const next = performance.now() + 1000 / COMERS_PER_SECOND;
      await go();
      await come();
      await sleep(Math.max(0, next - performance.now()));
    }
  });
  await devTools.send('HeapProfiler.collectGarbage');
  const end = await metrics(devTools);
  await viewer.leaveBrowser();
  for (const peer of speakers) {
    peer.close();
    peer.client.disconnect();
  }
  for (const client of crowd) client.disconnect();

  publish(
    {
      scenario: 'crowd-page',
      parameters: { people, seconds },
      versions: { chromium: browser.version() },
      figures: [
        rest,
        speech,
        churn,
        {
          what: `page of a room with ${people} people, heap after collection`,
          unit: 'MB',
          values: { value: end('JSHeapUsedSize') / 1e6 },
        },
        {
          what: `page of a room with ${people} people, nodes of the document`,
          unit: '',
          values: { value: end('Nodes') },
        },
      ],
    },
    output,
  );
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
