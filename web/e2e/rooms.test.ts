/** People in real browsers in one room: they hear one another, and only one another. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../../sfu-server/test/support/testServer.ts';
import type { TestServer } from '../../sfu-server/test/support/testServer.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { launchBrowser } from './support/browser.ts';
import { layLine } from './support/line.ts';
import { BINS, Person } from './support/person.ts';

const [ANA, BO, CYD] = BINS;
let browser: Browser;
let server: TestServer;
let url: string;
const people: Person[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  server = await startTestServer();
  url = `http://localhost:${server.running.port}`;
});
afterEach(async () => {
  for (const person of people.splice(0)) await person.leaveBrowser();
  await server.reset();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const arrive = async (
  name: string,
  bin: number,
  options?: Parameters<typeof Person.arrive>[3],
): Promise<Person> => {
  const person = await Person.arrive(browser, name, bin, options);
  people.push(person);
  return person;
};

/** The first creates the room, the others open its link; everyone unmutes. */
const meet = async (...names: readonly [string, number][]): Promise<Person[]> => {
  const all: Person[] = [];
  let link = url;
  for (const [name, bin] of names) {
    const person = await arrive(name, bin);
    await person.signIn(link);
    if (all.length === 0) link = await person.createRoom('Town square');
    else await person.isInRoom();
    await person.unmute();
    all.push(person);
  }
  return all;
};

const three = (): Promise<Person[]> => meet(['Ana', ANA], ['Bo', BO], ['Cyd', CYD]);

describe('three in a room', () => {
  it('hear both others and not themselves; mute takes exactly one voice away', async () => {
    const [ana, bo, cyd] = (await three()) as [Person, Person, Person];
    for (const person of [ana, bo, cyd]) await person.seesPeople(3);
    await ana.hearsOnly([BO, CYD]);
    await bo.hearsOnly([ANA, CYD]);
    await cyd.hearsOnly([ANA, BO]);

    await bo.mute();
    await ana.hearsOnly([CYD]);
    await cyd.hearsOnly([ANA]);
    await bo.hearsOnly([ANA, CYD]);
    for (const person of [ana, cyd]) {
      await person.page
        .locator('[data-participant-id][data-muted="true"]', { hasText: 'Bo' })
        .waitFor();
    }

    await bo.unmute();
    await ana.hearsOnly([BO, CYD]);
    await cyd.hearsOnly([ANA, BO]);
  });

  it('show who is speaking', async () => {
    const [ana, bo] = (await meet(['Ana', ANA], ['Bo', BO])) as [Person, Person];
    for (const person of [ana, bo]) {
      for (const name of ['Ana', 'Bo']) {
        await person.page
          .locator('[data-participant-id][data-speaking="true"]', { hasText: name })
          .waitFor();
      }
    }
    await bo.mute();
    await ana.page
      .locator('[data-participant-id][data-speaking="false"]', { hasText: 'Bo' })
      .waitFor();
  });

  it('mute and unmute by the M key, but not while typing', async () => {
    const [ana] = (await meet(['Ana', ANA])) as [Person];
    await ana.page.keyboard.press('m');
    await ana.page.getByRole('button', { name: 'Unmute' }).waitFor();
    await ana.page.keyboard.press('m');
    await ana.page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  });
});

describe('a reload', () => {
  it('leaves one participant, who hears and is heard as before', async () => {
    const [ana, bo] = (await meet(['Ana', ANA], ['Bo', BO])) as [Person, Person];
    await ana.hearsOnly([BO]);
    const before = await ana.sees();
    await bo.page.reload();
    await bo.isInRoom();
    await bo.hearsOnly([ANA]);
    await ana.hearsOnly([BO]);
    expect((await ana.sees()).sort()).toEqual(before.sort());
    await ana.page
      .locator('[data-participant-id][data-away="true"]')
      .waitFor({ state: 'detached' });
  });
});

describe('a second device of the same person', () => {
  it('takes the seat; the first one says so and can take it back', async () => {
    const [ana, bo] = (await meet(['Ana', ANA], ['Bo', BO])) as [Person, Person];
    const storageState = await bo.context.storageState();
    const phone = await arrive('Bo', CYD, { storageState });
    await phone.page.goto(bo.page.url());
    await phone.isInRoom();
    await phone.unmute();
    await bo.page.getByText('You continued on another device').waitFor();
    await ana.hearsOnly([CYD]);
    await phone.hearsOnly([ANA]);
    await bo.hearsOnly([]);
    await ana.seesPeople(2);
    await bo.page.getByRole('button', { name: 'Continue here' }).click();
    await bo.isInRoom();
    await phone.page.getByText('You continued on another device').waitFor();
    await ana.seesPeople(2);
  });
});

describe('a signal that is cut for two seconds', () => {
  it('makes no second participant and no gap in the sound', async () => {
    const line = await layLine(server.running.port);
    try {
      const ana = await arrive('Ana', ANA, { bypassCSP: true });
      await ana.signIn(url);
      const link = await ana.createRoom('Town square');
      await ana.unmute();
      const bo = await arrive('Bo', BO, { bypassCSP: true });
      await bo.signIn(link.replace(url, line.url));
      await bo.isInRoom();
      await bo.unmute();
      await ana.hearsOnly([BO]);
      await bo.hearsOnly([ANA]);
      await ana.page.evaluate((bin) => window.ears.watch(bin), BO);
      await bo.page.evaluate((bin) => window.ears.watch(bin), ANA);

      line.cut();
      await bo.page.locator('[data-room-status="reconnecting"]').waitFor();
      await ana.page
        .locator('[data-participant-id][data-away="true"]', { hasText: 'Bo' })
        .waitFor();
      const cutAt = performance.now();
      await until(() => performance.now() - cutAt > 2000, 'two seconds pass');
      line.mend();
      await bo.isInRoom();
      await ana.page.locator('[data-away="true"]').waitFor({ state: 'detached' });
      await ana.seesPeople(2);
      await bo.seesPeople(2);

      for (const person of [ana, bo]) {
        const { gapMs, watchedMs } = await person.page.evaluate(() => window.ears.longestGap());
        expect(watchedMs).toBeGreaterThan(2000);
        expect(gapMs, `gap heard by ${person.name}`).toBeLessThanOrEqual(200);
      }
    } finally {
      await line.close();
    }
  });
});
