/** Somebody who calls and is called: a `Person` with a camera and eyes. */
import type { Browser } from 'playwright-core';
import { until } from '../../../sfu-server/test/support/wait.ts';
import { installEyes } from './eyes.ts';
import { Person } from './person.ts';
import type { PersonOptions } from './person.ts';

type Phase = 'placing' | 'ringing' | 'answering' | 'active' | 'ended';

/** Colours that no encoder takes for one another. */
const hueOf = (bin: number): number => ({ 17: 0, 23: 120, 29: 240, 37: 60 })[bin] ?? 300;
const HUE_TOLERANCE = 25;

export class Caller {
  readonly person: Person;

  private constructor(person: Person) {
    this.person = person;
  }

  static async arrive(
    browser: Browser,
    name: string,
    bin: number,
    options: PersonOptions = {},
  ): Promise<Caller> {
    const person = await Person.arrive(browser, name, bin, options);
    await person.context.addInitScript(installEyes, { hue: hueOf(bin) });
    return new Caller(person);
  }

  get page(): Person['page'] {
    return this.person.page;
  }

  get name(): string {
    return this.person.name;
  }

  async signIn(url: string): Promise<void> {
    await this.person.signIn(url);
    await this.page.getByRole('button', { name: 'Create a room' }).first().waitFor();
  }

  /** Finds somebody in the list of people and calls. */
  async call(name: string, media: 'audio' | 'video'): Promise<void> {
    await this.findPerson(name);
    const button = media === 'audio' ? `Call ${name}` : `Video call ${name}`;
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async findPerson(name: string): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: /^People/ }).click();
    await page.getByLabel('Search people').fill(name);
    await page.getByRole('button', { name: `Call ${name}`, exact: true }).waitFor();
  }

  async isIn(phase: Phase, withinMs = 10_000): Promise<void> {
    await this.page.locator(`[data-call-phase="${phase}"]`).waitFor({ timeout: withinMs });
  }

  async hasNoCall(withinMs = 10_000): Promise<void> {
    await this.page.locator('[data-call-phase]').waitFor({ state: 'detached', timeout: withinMs });
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** Without looking whether something is in front of it. @param at epoch ms */
  async pressAt(button: string, at: number): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).evaluate(
      (element: HTMLElement, when) =>
        new Promise<void>((resolve) => {
          setTimeout(() => {
            element.click();
            resolve();
          }, when - Date.now());
        }),
      at,
    );
  }

  /** The call is over for this reason, and says so in these words. */
  async readsEnd(reason: string, words: string | RegExp, withinMs = 10_000): Promise<void> {
    const ended = this.page.locator(`[data-call-phase="ended"][data-call-reason="${reason}"]`);
    await ended.waitFor({ timeout: withinMs });
    await ended.getByText(words).first().waitFor();
  }

  hearsOnly(bins: readonly number[], withinMs?: number): Promise<void> {
    return this.person.hearsOnly(bins, withinMs);
  }

  /** The other's picture is shown, in that one's colour, and it moves. */
  async seesPictureOf(bin: number, withinMs = 10_000): Promise<void> {
    let last = '';
    const look = () => this.page.evaluate(() => window.eyes.look('peer'));
    await until(
      async () => {
        const first = await look();
        let second = first;
        // A moving picture is another one before long.
        for (let tries = 0; tries < 20 && second.print === first.print; tries++) {
          second = await look();
        }
        last = `hue ${second.hue}, decoded ${first.decoded} to ${second.decoded}`;
        const hue = second.hue ?? -1;
        const apart = Math.abs(((hue - hueOf(bin) + 540) % 360) - 180);
        return (
          second.print !== first.print && second.decoded > first.decoded && apart < HUE_TOLERANCE
        );
      },
      () => `${this.name} sees a moving picture of hue ${hueOf(bin)}; last: ${last}`,
      withinMs,
    );
  }

  async seesNoPicture(): Promise<void> {
    await this.page.locator('video[data-picture="peer"]').waitFor({ state: 'detached' });
  }

  openCameras(): Promise<number> {
    return this.page.evaluate(() => window.eyes.openCameras());
  }

  leaveBrowser(): Promise<void> {
    return this.person.leaveBrowser();
  }
}
