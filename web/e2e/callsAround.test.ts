/** What is around a call in a real browser: notifications, devices, one's own picture. */
import { describe, expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import type { Caller } from './support/caller.ts';
import { BINS } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, OTHER] = BINS;
// Two pages that draw moving pictures on a machine that may be busy.
const WITHIN_MS = 120_000;
const scene = setScene();

interface Shown {
  readonly title: string;
  readonly body: string | undefined;
  closed: boolean;
}

declare global {
  interface Window {
    /** Notifications of the page, in order. */
    notified: Shown[];
    hide(hidden: boolean): void;
  }
}

/** A page that can be out of sight, and whose notifications are kept. */
const watchNotifications = (): void => {
  let hidden = false;
  Object.defineProperty(document, 'hidden', { get: () => hidden });
  Object.defineProperty(document, 'visibilityState', {
    get: () => (hidden ? 'hidden' : 'visible'),
  });
  window.hide = (now) => {
    hidden = now;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  window.notified = [];
  const Original = window.Notification;
  window.Notification = class extends Original {
    readonly #shown: Shown;

    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      this.#shown = { title, body: options?.body, closed: false };
      window.notified.push(this.#shown);
    }

    override close(): void {
      this.#shown.closed = true;
      super.close();
    }
  };
};

describe('a call to a page that is out of sight', () => {
  it(
    'is shown by the system for as long as it rings and nobody looks',
    async () => {
      const ana = await scene.callable('Ana', ANA);
      const bo = await scene.arriveToCall('Bo', BO);
      await bo.person.context.grantPermissions(['notifications']);
      await bo.person.context.addInitScript(watchNotifications);
      await bo.signIn(scene.url);
      await bo.page.getByRole('button', { name: 'Settings' }).click();
      await bo.page.getByRole('switch', { name: 'Notify me of calls' }).click();
      await bo.page.getByRole('switch', { name: 'Notify me of calls', checked: true }).waitFor();
      await bo.page.keyboard.press('Escape');
      const hide = (hidden: boolean) => bo.page.evaluate((now) => window.hide(now), hidden);
      const shows = (count: number, closed: boolean): Promise<unknown> =>
        until(
          async () => {
            const all = await bo.page.evaluate(() => window.notified);
            return all.length === count && all.at(-1)?.closed === closed;
          },
          `${count} notifications so far, the last ${closed ? 'closed' : 'open'}`,
        );

      await hide(true);
      await ana.call('Bo', 'video');
      await shows(1, false);
      const [first] = await bo.page.evaluate(() => window.notified);
      expect(first).toMatchObject({ title: 'Ana calls', body: 'Video call' });
      // It is on the screen now.
      await hide(false);
      await shows(1, true);
      await bo.isIn('ringing');
      await hide(true);
      await shows(2, false);
      await ana.press('Cancel');
      await shows(2, true);
    },
    WITHIN_MS,
  );
});

describe('the devices of a call', () => {
  it(
    'change in the middle of it: the other hears the new microphone',
    async () => {
      const ana = await scene.callable('Ana', ANA, { otherBin: OTHER });
      const bo = await scene.callable('Bo', BO);
      await scene.talk('audio', ana, bo);
      await ana.press('Devices');
      const microphone = ana.page.getByLabel('Microphone', { exact: true });
      await microphone.selectOption({ label: 'Other microphone' });
      await bo.hearsOnly([OTHER]);
      await microphone.selectOption({ label: 'As the system chooses' });
      await bo.hearsOnly([ANA]);
      await ana.hearsOnly([BO]);
    },
    WITHIN_MS,
  );
});

describe('the speaker of a call', () => {
  const sinks = ({ page }: Caller) =>
    page
      .locator('audio')
      .evaluateAll((elements: HTMLAudioElement[]) => elements.map(({ sinkId }) => sinkId));

  it(
    'is the system’s again once the chosen one is unplugged',
    async () => {
      const ana = await scene.callable('Ana', ANA);
      const bo = await scene.callable('Bo', BO);
      // With the right to a microphone comes the right to know what else there is.
      await ana.person.context.grantPermissions(['microphone']);
      await scene.talk('audio', ana, bo);
      await ana.press('Devices');
      const speaker = ana.page.getByLabel('Speaker', { exact: true });
      await speaker.selectOption({ index: 1 });
      const chosen = await speaker.inputValue();
      expect(chosen).not.toBe('');
      await until(async () => (await sinks(ana)).includes(chosen), 'it plays there');
      await ana.page.keyboard.press('Escape');

      await ana.page.evaluate((gone) => {
        const { mediaDevices } = navigator;
        const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
        mediaDevices.enumerateDevices = async () =>
          (await enumerate()).filter(({ deviceId }) => deviceId !== gone);
        mediaDevices.dispatchEvent(new Event('devicechange'));
      }, chosen);
      await until(async () => (await sinks(ana)).every((id) => id === ''), 'the system chooses');
      await ana.hearsOnly([BO]);
    },
    WITHIN_MS,
  );
});

describe('one’s own picture', () => {
  const pictureOf = ({ page }: Caller) => page.getByRole('button', { name: 'Move your picture' });
  const isIn = ({ page }: Caller, corner: string) =>
    page.locator(`[data-corner="${corner}"]`).waitFor();
  /** The middle of it, as parts of the page's width and height. */
  const middle = async (person: Caller): Promise<{ x: number; y: number }> => {
    const box = await pictureOf(person).boundingBox();
    const size = person.page.viewportSize();
    if (!box || !size) throw new Error('no picture');
    return { x: (box.x + box.width / 2) / size.width, y: (box.y + box.height / 2) / size.height };
  };

  it(
    'goes to another corner by key, by dragging, and by a press; and stays in it',
    async () => {
      const ana = await scene.callable('Ana', ANA);
      const bo = await scene.callable('Bo', BO);
      await scene.talk('video', ana, bo);
      await isIn(ana, 'bottom-right');
      await pictureOf(ana).focus();
      await ana.page.keyboard.press('ArrowUp');
      await isIn(ana, 'top-right');
      await ana.page.keyboard.press('ArrowLeft');
      await isIn(ana, 'top-left');
      // It glides there.
      await until(async () => {
        const { x, y } = await middle(ana);
        return x < 0.5 && y < 0.5;
      }, 'the picture is at the top left');

      const { width, height } = ana.page.viewportSize() ?? { width: 0, height: 0 };
      await pictureOf(ana).hover();
      await ana.page.mouse.down();
      await ana.page.mouse.move(width * 0.8, height * 0.6, { steps: 8 });
      const held = await middle(ana);
      expect(held.x).toBeCloseTo(0.8, 1);
      expect(held.y).toBeCloseTo(0.6, 1);
      await ana.page.mouse.up();
      await isIn(ana, 'bottom-right');
      await until(async () => {
        const { x, y } = await middle(ana);
        return x > 0.5 && y > 0.5;
      }, 'the picture is at the bottom right');

      await pictureOf(ana).click();
      await isIn(ana, 'bottom-left');
      await ana.press('Turn camera off');
      await pictureOf(ana).waitFor({ state: 'detached' });
      await ana.press('Turn camera on');
      await isIn(ana, 'bottom-left');
      await bo.seesPictureOf(ANA);
    },
    WITHIN_MS,
  );
});
