/** Calls between people in real browsers: they ring, are answered, are seen and heard, and end. */
import { describe, expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import { launchBrowserApart } from './support/browser.ts';
import { Caller } from './support/caller.ts';
import { layLine } from './support/line.ts';
import { BINS } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, CYD] = BINS;
const scene = setScene();

/** Both know by then of when they are to press. */
const PRESSED_IN_MS = 1000;

const signedIn = (name: string, bin: number): Promise<Caller> => scene.callable(name, bin);

/** Two in a call. */
const talk = async (media: 'audio' | 'video'): Promise<[Caller, Caller]> => {
  const ana = await signedIn('Ana', ANA);
  const bo = await signedIn('Bo', BO);
  await scene.talk(media, ana, bo);
  return [ana, bo];
};

describe('a video call', () => {
  it('shows and sounds to both; a third reads busy, and nothing rings', async () => {
    const [ana, bo] = await talk('video');
    await ana.seesPictureOf(BO);
    await bo.seesPictureOf(ANA);

    const cyd = await signedIn('Cyd', CYD);
    await cyd.call('Bo', 'audio');
    await cyd.readsEnd('busy', 'User is busy with another call');
    expect(await bo.page.getByText('Cyd').count()).toBe(0);
    for (const person of [ana, bo]) await person.isIn('active');
    await bo.hearsOnly([ANA]);
    await ana.seesPictureOf(BO);

    await bo.press('Hang up');
    await ana.readsEnd('hangup', /ended/i);
    expect(await ana.openCameras()).toBe(0);
    expect(await bo.openCameras()).toBe(0);
  });

  it('goes from sound to picture and back; off frees the camera', async () => {
    const [ana, bo] = await talk('audio');
    expect(await ana.openCameras()).toBe(0);
    await bo.seesNoPicture();
    await ana.press('Turn camera on');
    await bo.seesPictureOf(ANA);
    await ana.press('Turn camera off');
    await bo.seesNoPicture();
    await until(async () => (await ana.openCameras()) === 0, 'the camera is free');
    await ana.press('Turn camera on');
    await bo.seesPictureOf(ANA);
    await bo.hearsOnly([ANA]);
  });

  it('mutes: the other hears nothing and sees that it is so', async () => {
    const [ana, bo] = await talk('audio');
    await ana.press('Mute');
    await bo.hearsOnly([]);
    await bo.page
      .getByText(/Ana.*muted/)
      .first()
      .waitFor();
    await ana.press('Unmute');
    await bo.hearsOnly([ANA]);
  });
});

describe('a call that comes to nothing', () => {
  it('says that the other is offline, and stays until dismissed', async () => {
    const bo = await signedIn('Bo', BO);
    const ana = await signedIn('Ana', ANA);
    await scene.leave(bo);
    await ana.call('Bo', 'audio');
    await ana.readsEnd('offline', 'User is offline');
    await ana.page.getByRole('button', { name: 'Call again', exact: true }).waitFor();
    await ana.press('Close');
    await ana.hasNoCall();
  });

  it('says that the other declined; the ringing stops', async () => {
    const ana = await signedIn('Ana', ANA);
    const bo = await signedIn('Bo', BO);
    await ana.call('Bo', 'audio');
    await bo.isIn('ringing');
    await bo.page.keyboard.press('Escape');
    await ana.readsEnd('rejected', /declined/i);
    await bo.hasNoCall();
  });

  it('is cancelled; the other has missed it', async () => {
    const ana = await signedIn('Ana', ANA);
    const bo = await signedIn('Bo', BO);
    await ana.call('Bo', 'audio');
    await bo.isIn('ringing');
    await ana.press('Cancel');
    await bo.hasNoCall();
    await bo.page
      .getByText(/missed/i)
      .first()
      .waitFor();
  });

  it('is read in Russian, too', async () => {
    const bo = await signedIn('Bo', BO);
    await scene.leave(bo);
    const ana = await scene.arriveToCall('Ana', ANA, { locale: 'ru-RU' });
    await ana.page.goto(scene.url);
    await ana.page.getByRole('textbox').first().fill('Ana');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('link', { name: /^Люди/ }).click();
    await ana.page.locator('[data-user-id]', { hasText: 'Bo' }).getByRole('button').first().click();
    await ana.readsEnd('offline', 'Пользователь оффлайн');
  });
});

describe('a connection that ends', () => {
  it('because the tab is closed: the other reads so within 4 s and can call at once', async () => {
    const [ana, bo] = await talk('audio');
    const cyd = await signedIn('Cyd', CYD);
    await bo.page.close({ runBeforeUnload: false });
    const closedAt = performance.now();
    await ana.readsEnd('connection_lost', /connection/i, 4000);
    expect(performance.now() - closedAt).toBeLessThan(4500);
    await scene.leave(bo);
    await ana.press('Close');
    await ana.call('Cyd', 'audio');
    await cyd.isIn('ringing');
    await cyd.page.keyboard.press('Enter');
    await ana.isIn('active');
    await ana.hearsOnly([CYD]);
  });

  it('not by a reload: the call goes on', async () => {
    const [ana, bo] = await talk('video');
    await bo.page.reload();
    await bo.isIn('active');
    await ana.isIn('active');
    await bo.hearsOnly([ANA]);
    await ana.hearsOnly([BO]);
    await bo.seesPictureOf(ANA);
  });

  it('and comes back: both say so meanwhile, and the sound never stops', async () => {
    const line = await layLine(scene.server.running.port);
    try {
      const ana = await scene.arriveToCall('Ana', ANA, { bypassCSP: true });
      await ana.signIn(scene.url);
      const bo = await scene.arriveToCall('Bo', BO, { bypassCSP: true });
      await bo.signIn(line.url);
      await ana.call('Bo', 'audio');
      await bo.isIn('ringing');
      await bo.press('Answer');
      await ana.hearsOnly([BO]);
      await ana.page.evaluate((bin) => window.ears.watch(bin), BO);
      line.cut();
      for (const person of [ana, bo]) await person.page.getByText(/Reconnecting 0:/).waitFor();
      line.mend();
      for (const person of [ana, bo]) {
        await person.page.getByText(/Reconnecting 0:/).waitFor({ state: 'detached' });
        await person.isIn('active');
      }
      const { gapMs } = await ana.page.evaluate(() => window.ears.longestGap());
      expect(gapMs).toBeLessThanOrEqual(200);
    } finally {
      await line.close();
    }
  });

  it('because the network is gone: first reconnecting, then lost, within 25 s', async () => {
    const away = await launchBrowserApart();
    const ana = await signedIn('Ana', ANA);
    const bo = await Caller.arrive(away.browser, 'Bo', BO);
    try {
      await bo.signIn(scene.url);
      await ana.call('Bo', 'audio');
      await bo.isIn('ringing');
      await bo.press('Answer');
      await ana.hearsOnly([BO]);
      away.freeze();
      const frozenAt = performance.now();
      await ana.page
        .getByText(/Reconnecting 0:/)
        .first()
        .waitFor({ timeout: 12_000 });
      await ana.readsEnd('connection_lost', /connection/i, 25_000);
      expect(performance.now() - frozenAt).toBeLessThan(25_000);
    } finally {
      away.kill();
    }
  }, 60_000);
});

describe('several devices', () => {
  it('all ring, one answers, the other falls silent', async () => {
    const ana = await signedIn('Ana', ANA);
    const bo = await signedIn('Bo', BO);
    const tablet = await scene.arriveToCall('Bo', CYD, {
      storageState: await bo.person.context.storageState(),
    });
    await tablet.page.goto(scene.url);
    await tablet.page.getByRole('button', { name: 'Create a room' }).first().waitFor();
    await ana.call('Bo', 'audio');
    for (const device of [bo, tablet]) await device.isIn('ringing');
    await tablet.press('Answer');
    await tablet.isIn('active');
    await bo.hasNoCall();
    await ana.hearsOnly([CYD]);
    await tablet.hearsOnly([ANA]);
    await bo.hearsOnly([]);
  });
});

describe('two who call each other at the same moment', () => {
  it('are in one call', async () => {
    const ana = await signedIn('Ana', ANA);
    const bo = await signedIn('Bo', BO);
    await ana.findPerson('Bo');
    await bo.findPerson('Ana');
    // By the clock: who was slower would see it ring, and have no button to press.
    const at = Date.now() + PRESSED_IN_MS;
    await Promise.all([ana.pressAt('Call Bo', at), bo.pressAt('Call Ana', at)]);
    for (const person of [ana, bo]) await person.isIn('active');
    await ana.hearsOnly([BO]);
    await bo.hearsOnly([ANA]);
    expect(scene.server.running.calls.counts.active).toBe(1);
  });
});

describe('a call while in a room', () => {
  it('rings there, holds the room, and leads back to it', async () => {
    const ana = await signedIn('Ana', ANA);
    const link = await ana.person.createRoom('Town square');
    await ana.person.unmute();
    const bo = await scene.arriveToCall('Bo', BO);
    await bo.person.signIn(link);
    await bo.person.isInRoom();
    await bo.person.unmute();
    await ana.hearsOnly([BO]);
    const cyd = await signedIn('Cyd', CYD);
    await cyd.call('Ana', 'audio');
    await ana.isIn('ringing');
    await ana.hearsOnly([BO]);
    await ana.page.keyboard.press('Enter');
    await ana.isIn('active');
    await ana.hearsOnly([CYD]);
    await cyd.hearsOnly([ANA]);
    await bo.hearsOnly([]);
    await cyd.press('Hang up');
    await ana.readsEnd('hangup', /ended/i);
    await ana.press('Close');
    await ana.hearsOnly([BO]);
    await bo.hearsOnly([ANA]);
  });
});
