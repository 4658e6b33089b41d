/** What a moderator does, in real browsers: it is enforced, and everyone sees who did it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer } from '../../sfu-server/test/support/testServer.ts';
import type { TestServer } from '../../sfu-server/test/support/testServer.ts';
import { launchBrowser } from './support/browser.ts';
import { BINS, Person } from './support/person.ts';

const [ANA, BO, CYD] = BINS;
let browser: Browser;
let server: TestServer;
let url: string;
const people: Person[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});
beforeEach(async () => {
  server = await startTestServer();
  url = `http://localhost:${server.running.port}`;
});
afterEach(async () => {
  for (const person of people.splice(0)) await person.leaveBrowser();
  await server.stop();
});
afterAll(() => browser.close());

/** Ana, who is the moderator, Bo and Cyd, all speaking. */
const meet = async (): Promise<[Person, Person, Person]> => {
  let link = url;
  for (const [name, bin] of [
    ['Ana', ANA],
    ['Bo', BO],
    ['Cyd', CYD],
  ] as const) {
    const person = await Person.arrive(browser, name, bin);
    people.push(person);
    await person.signIn(link);
    if (name === 'Ana') link = await person.createRoom('Town square');
    else await person.isInRoom();
    await person.unmute();
  }
  return people as [Person, Person, Person];
};

const moreAbout = async (moderator: Person, name: string, action: string): Promise<void> => {
  await moderator.page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
  await moderator.page.getByRole('button', { name: action }).last().click();
};

describe('a moderator', () => {
  it('mutes somebody for all, who may speak again in an open room', async () => {
    const [ana, bo, cyd] = await meet();
    await cyd.hearsOnly([ANA, BO]);
    await moreAbout(ana, 'Bo', 'Mute');
    await cyd.hearsOnly([ANA]);
    await ana.hearsOnly([CYD]);
    await bo.page.getByText('Ana muted you').first().waitFor();
    await cyd.page.getByText('Ana muted Bo').first().waitFor();
    await bo.unmute();
    await cyd.hearsOnly([ANA, BO]);
  });

  it('removes somebody, who hears nothing, reads why, and cannot come back', async () => {
    const [ana, bo, cyd] = await meet();
    const link = bo.page.url();
    await moreAbout(ana, 'Bo', 'Remove…');
    await ana.page.getByRole('radio', { name: /10 minutes/ }).check();
    await ana.page.getByRole('textbox').last().fill('Too loud');
    await ana.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await bo.page.getByText('You cannot come back for now').first().waitFor();
    await bo.page.getByText('Too loud').waitFor();
    await bo.page.getByText('By Ana.').waitFor();
    await bo.hearsOnly([]);
    await cyd.seesPeople(2);
    await cyd.hearsOnly([ANA]);
    await bo.page.goto(link);
    await bo.page.locator('[data-room-status="ended"]').waitFor();
    await bo.page.getByText('You cannot come back for now').first().waitFor();
    expect(await bo.sees()).toEqual([]);
    await cyd.seesPeople(2);
  });

  it('opens a stage: listeners raise a hand and are let speak', async () => {
    const [ana, bo, cyd] = await meet();
    await ana.page.getByRole('button', { name: 'Room', exact: true }).click();
    await ana.page.getByRole('button', { name: /Stage mode/ }).click();
    await cyd.page.locator('[data-room-mode="stage"]').waitFor();
    await cyd.hearsOnly([ANA]);
    await bo.page.getByRole('button', { name: 'Raise hand' }).first().click();
    await cyd.page.locator('[data-hand="true"]', { hasText: 'Bo' }).first().waitFor();
    await ana.page
      .getByRole('button', { name: /Let speak/ })
      .first()
      .click();
    await bo.page.getByRole('button', { name: 'Unmute' }).click();
    await cyd.hearsOnly([ANA, BO]);
  });
});
