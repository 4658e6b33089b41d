/** No microphone, or no sound without a click: what the page says, and what works all the same. */
import { expect, it } from 'vitest';
import { guest } from '../../sfu-server/test/support/testClient.ts';
import { launchBrowser } from './support/browser.ts';
import { BINS, Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO] = BINS;
const scene = setScene();

/** In a room, speaking. */
const host = async (): Promise<{ ana: Person; link: string }> => {
  const [ana] = await scene.meet('Ana');
  return { ana, link: ana.page.url() };
};

/** Words of regions that came together with them, which few screen readers tell; from a moment on. */
const watchRegions = async ({ context, page }: Person): Promise<() => Promise<string[]>> => {
  await context.addInitScript(() => {
    const untold: string[] = [];
    Object.assign(window, { untold });
    const REGION = '[aria-live], [role="status"]';
    new MutationObserver((records) => {
      for (const added of records.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (!(added instanceof Element)) continue;
        const regions = [...added.querySelectorAll(REGION)];
        if (added.matches(REGION)) regions.push(added);
        untold.push(...regions.map(({ textContent }) => textContent));
      }
    }).observe(document, { childList: true, subtree: true });
  });
  return () =>
    page.evaluate(() => {
      if (!('untold' in window) || !Array.isArray(window.untold)) throw new Error('not watched');
      return window.untold.map(String);
    });
};

it.each([
  ['NotAllowedError', 'The microphone is blocked'],
  ['NotFoundError', 'No microphone was found'],
  ['NotReadableError', 'taken by another program'],
  ['insecure', 'only to secure pages'],
])('%s: says so, listens all the same, and tries again on request', async (name, text) => {
  const { ana, link } = await host();
  const bo = await scene.arrive('Bo', BO);
  await bo.context.addInitScript((fault) => {
    if (fault === 'insecure') {
      Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
      return;
    }
    const devices = navigator.mediaDevices;
    const real = devices.getUserMedia.bind(devices);
    let refused = false;
    navigator.mediaDevices.getUserMedia = (constraints) => {
      if (refused) return real(constraints);
      refused = true;
      return Promise.reject(new DOMException('no', fault));
    };
  }, name);
  const untold = await watchRegions(bo);
  await bo.signIn(link);
  await bo.isInRoom();
  await bo.page.locator('[aria-live]').getByText(text).waitFor();
  expect((await untold()).filter((words) => words.includes(text))).toEqual([]);
  await bo.hearsOnly([ANA]);
  if (name === 'insecure') return;
  await bo.page.getByRole('button', { name: 'Try again' }).click();
  await bo.page.getByText(text).waitFor({ state: 'detached' });
  await bo.unmute();
  await ana.hearsOnly([BO]);
});

it.each([
  ['', 1],
  [', also for a voice that is to be louder than it came', 1.5],
])('where the browser holds sound back, one tap lets it play%s', async (_, volume) => {
  const { ana, link } = await host();
  const strict = await launchBrowser({ autoplay: false });
  try {
    // Somebody who signed in another day and opens a link: the page has seen no gesture, and gets
    // no microphone, which would count as one.
    const { token } = await guest(scene.url, 'Bo');
    const storageState = await ana.context.storageState();
    for (const item of storageState.origins.flatMap(({ localStorage }) => localStorage)) {
      const before = item.value;
      item.value = before.replace(/eyJ[\w.-]+/, token);
    }
    const bo = await Person.arrive(strict, 'Bo', BO, { storageState });
    const [userId] = await ana.sees();
    await bo.context.addInitScript(
      (volumes) => {
        localStorage.setItem('veche.volumes', JSON.stringify(volumes));
      },
      [{ userId, volume }],
    );
    await bo.context.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotFoundError'));
      const elements: { play: (this: HTMLMediaElement) => Promise<void> } =
        HTMLMediaElement.prototype;
      const { play } = elements;
      elements.play = function () {
        const playing = play.call(this);
        playing.catch((error: unknown) => {
          console.info('held back', error);
        });
        return playing;
      };
    });
    // Asking the page anything counts as a gesture, so it says by itself how far it is.
    const heldBack = bo.page.waitForEvent('console', (it) => it.text().startsWith('held back'));
    await bo.page.goto(link);
    await heldBack;
    const enable = bo.page.getByRole('button', { name: 'Enable sound' });
    await enable.waitFor();
    await bo.hearsOnly([]);
    await enable.click();
    await enable.waitFor({ state: 'detached' });
    await bo.hearsOnly([ANA]);
    expect(bo.faults).toEqual([]);
    await bo.context.close();
  } finally {
    await strict.close();
  }
});

it('sounds on after something else on the device stopped it', async () => {
  const [, bo] = await scene.meet('Ana', 'Bo');
  await bo.hearsOnly([ANA]);
  // As a phone does for a call of its own.
  await bo.page.locator('audio').evaluateAll((elements: HTMLAudioElement[]) => {
    for (const element of elements) element.pause();
  });
  await bo.hearsOnly([ANA]);
  await bo.page.getByText('holding the sound back').waitFor({ state: 'detached' });
});
