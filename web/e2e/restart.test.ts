/** A server that restarts: everyone is back and hears, without touching anything. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { startTestServer } from '../../sfu-server/test/support/testServer.ts';
import { launchBrowser } from './support/browser.ts';
import { BINS, Person } from './support/person.ts';

const [ANA, BO, CYD] = BINS;
const directory = mkdtempSync(join(tmpdir(), 'veche-e2e-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

it('everyone is back in the room and hears the others after a restart of the server', async () => {
  const data = { directory };
  const first = await startTestServer({ data });
  const { port } = first.running;
  const url = `http://localhost:${port}`;
  const ana = await Person.arrive(browser, 'Ana', ANA);
  const bo = await Person.arrive(browser, 'Bo', BO);
  const cyd = await Person.arrive(browser, 'Cyd', CYD);
  const people = [ana, bo, cyd];
  await ana.signIn(url);
  const link = await ana.createRoom('Town square');
  for (const person of [bo, cyd]) {
    await person.signIn(link);
    await person.isInRoom();
  }
  for (const person of [ana, bo]) await person.unmute();
  await cyd.hearsOnly([ANA, BO]);

  await first.running.close();
  for (const person of people) {
    await person.page.locator('[data-room-status="reconnecting"]').waitFor();
  }
  const second = await startTestServer({ data, http: { port } });
  try {
    for (const person of people) await person.isInRoom(20_000);
    // Who was muted is muted, who spoke speaks.
    await cyd.hearsOnly([ANA, BO], 20_000);
    await ana.hearsOnly([BO]);
    await bo.hearsOnly([ANA]);
    for (const person of people) await person.seesPeople(3);
  } finally {
    for (const person of people) await person.leaveBrowser();
    await second.stop();
  }
});
