/** Somebody at a browser, with a tone for a voice. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../../../sfu-server/test/support/wait.ts';
import { DESKTOP } from './browser.ts';
import { installEars } from './ears.ts';

/** FFT bins that are no multiples of one another. */
export const BINS = [17, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71] as const;
/** A tone is heard this far above its neighbourhood, dB. */
const HEARD_DB = 20;
/** And is surely absent below this. */
const ABSENT_DB = 8;

export interface PersonOptions extends BrowserContextOptions {
  /** The tone of a second microphone. */
  readonly otherBin?: number;
}

export class Person {
  readonly name: string;
  readonly bin: number;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page, and whatever its policy blocked. */
  readonly faults: string[] = [];

  private constructor(name: string, bin: number, context: BrowserContext, page: Page) {
    this.name = name;
    this.bin = bin;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      // A refused connection is reported by the browser itself while the line is cut.
      if (message.type() === 'error' && !message.text().includes('net::ERR_')) {
        this.faults.push(message.text());
      }
    });
  }

  static async arrive(
    browser: Browser,
    name: string,
    bin: number,
    { otherBin, ...options }: PersonOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({ ...DESKTOP, locale: 'en-GB', ...options });
    await context.addInitScript(installEars, { bin, ...(otherBin && { otherBin }) });
    return new Person(name, bin, context, await context.newPage());
  }

  /** Opens the page and signs in by name. */
  async signIn(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByLabel('Your name').fill(this.name);
    await this.page.getByRole('button', { name: /Continue|Join the room/ }).click();
  }

  /** Creates a room and is in it; returns its link. */
  async createRoom(name: string): Promise<string> {
    const { page } = this;
    await page.getByRole('button', { name: 'Create a room' }).first().click();
    await page.getByLabel('Name of the room').fill(name);
    await page.getByRole('button', { name: 'Create and enter' }).click();
    await this.isInRoom();
    return page.url();
  }

  async isInRoom(withinMs = 15_000): Promise<void> {
    await this.page.locator('[data-room-status="joined"]').waitFor({ timeout: withinMs });
  }

  async unmute(): Promise<void> {
    await this.page.getByRole('button', { name: 'Unmute' }).click();
    await this.page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  }

  async mute(): Promise<void> {
    await this.page.getByRole('button', { name: 'Mute', exact: true }).click();
    await this.page.getByRole('button', { name: 'Unmute' }).waitFor();
  }

  /** Names on the tiles, in order. */
  async sees(): Promise<string[]> {
    return this.page
      .locator('[data-participant-id]')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-user-id') ?? ''));
  }

  async seesPeople(count: number): Promise<void> {
    await until(
      async () => (await this.sees()).length === count,
      `${this.name} sees ${count} people`,
      10_000,
    );
  }

  /** dB of each known tone above its neighbourhood. */
  async levels(): Promise<Map<number, number>> {
    const levels = await this.page.evaluate((bins) => window.ears.levels(bins), [...BINS]);
    return new Map(BINS.map((bin, index) => [bin, levels[index] ?? -200]));
  }

  /** Waits until exactly these tones, and no other, come out of the page. */
  async hearsOnly(bins: readonly number[], withinMs = 10_000): Promise<void> {
    let last = new Map<number, number>();
    await until(
      async () => {
        last = await this.levels();
        return BINS.every((bin) =>
          bins.includes(bin) ? (last.get(bin) ?? 0) >= HEARD_DB : (last.get(bin) ?? 0) < ABSENT_DB,
        );
      },
      () => `${this.name} hears only ${bins.join(', ')}; dB: ${JSON.stringify([...last])}`,
      withinMs,
    );
  }

  async leaveBrowser(): Promise<void> {
    await this.context.close();
    expect(this.faults, `errors on ${this.name}'s page`).toEqual([]);
  }
}
