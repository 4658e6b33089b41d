/** People in real browsers in one room: they hear one another, and only one another. */
import { describe, expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import { PHONE } from './support/browser.ts';
import { layLine } from './support/line.ts';
import { BINS } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, CYD] = BINS;
const scene = setScene();

describe('three in a room', () => {
  it('hear both others and not themselves; mute takes exactly one voice away', async () => {
    const [ana, bo, cyd] = await scene.meet('Ana', 'Bo', 'Cyd');
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
    const [ana, bo] = await scene.meet('Ana', 'Bo');
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
    const [ana] = await scene.meet('Ana');
    await ana.page.keyboard.press('m');
    await ana.page.getByRole('button', { name: 'Unmute' }).waitFor();
    await ana.page.keyboard.press('m');
    await ana.page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  });
});

describe('a reload', () => {
  it('leaves one participant, who hears and is heard as before', async () => {
    const [ana, bo] = await scene.meet('Ana', 'Bo');
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
    const [ana, bo] = await scene.meet('Ana', 'Bo');
    const storageState = await bo.context.storageState();
    const phone = await scene.arrive('Bo', CYD, { storageState });
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
    const line = await layLine(scene.server.running.port);
    try {
      const ana = await scene.arrive('Ana', ANA, { bypassCSP: true });
      await ana.signIn(scene.url);
      const link = await ana.createRoom('Town square');
      await ana.unmute();
      const bo = await scene.arrive('Bo', BO, { bypassCSP: true });
      await bo.signIn(link.replace(scene.url, line.url));
      await bo.isInRoom();
      await bo.unmute();
      await ana.hearsOnly([BO]);
      await bo.hearsOnly([ANA]);
      await ana.page.evaluate((bin) => window.ears.watch(bin), BO);
      await bo.page.evaluate((bin) => window.ears.watch(bin), ANA);

      line.cut();
      await bo.page.locator('[data-room-status="reconnecting"]').waitFor();
      await bo.page.getByText('Others may still hear you').waitFor();
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

describe('the chat on a phone', () => {
  it('leaves the microphone within reach', async () => {
    const ana = await scene.arrive('Ana', ANA, PHONE);
    await ana.signIn(scene.url);
    await ana.createRoom('Town square');
    await ana.page.getByRole('button', { name: 'Chat' }).click();
    await ana.page.getByRole('textbox', { name: 'Message' }).fill('Hello');
    await ana.unmute();
    await ana.mute();
  });
});
