/** Somebody in a large room whose voice and ears the test has in hand. */
import type { BrowserContextOptions } from 'playwright-core';
import { until } from '../../../sfu-server/test/support/wait.ts';
import type { Person } from './person.ts';
import { installRecorder } from './recorder.ts';
import { Recording } from './recording.ts';
import type { Span } from './recording.ts';
import { installVoice } from './voice.ts';

/** Many draw on one machine here. */
export const SMALL = {
  viewport: { width: 360, height: 480 },
  reducedMotion: 'reduce',
  // The clocks of ears and recorder are worklets of the tests' own.
  bypassCSP: true,
} as const;

/** A room with two open microphones is in slots, and stays in them. */
export const SLOTS = {
  slots: 2,
  directMicrophones: 1,
  directPeople: 40,
  backMicrophones: 0,
  backPeople: 30,
} as const;

/** Far enough apart that the recorder tells them from one another. */
export const TONES = [17, 29, 41, 53, 67, 79] as const;

/** Opens a page of their own for somebody. */
interface Place {
  arrive(name: string, bin: number, options: BrowserContextOptions): Promise<Person>;
}

export class Guest {
  readonly person: Person;
  #bins: readonly number[] = [];

  private constructor(person: Person) {
    this.person = person;
  }

  /** At a page of their own, not yet signed in. */
  static async arrive(place: Place, name: string, bin: number): Promise<Guest> {
    const person = await place.arrive(name, bin, SMALL);
    await person.context.addInitScript(installVoice, { bin });
    await person.context.addInitScript(installRecorder);
    return new Guest(person);
  }

  get bin(): number {
    return this.person.bin;
  }

  /** Opens the link of a room, and is in it with an open microphone and nothing to say. */
  async enter(link: string): Promise<void> {
    await this.person.signIn(link);
    await this.person.isInRoom();
    await this.person.unmute();
  }

  /** Speaks from now on, `db` louder than common, with the pauses of speech. Epoch ms. */
  speak(db = 0): Promise<number> {
    return this.person.page.evaluate((loud) => window.voice.sound(loud, false), db);
  }

  /** Sounds from now on without a pause. Epoch ms. */
  hum(db = 0): Promise<number> {
    return this.person.page.evaluate((loud) => window.voice.sound(loud, true), db);
  }

  /** Epoch ms. */
  hush(): Promise<number> {
    return this.person.page.evaluate(() => window.voice.hush());
  }

  /** Writes down from now on what is heard of these, one of which must be nobody's. */
  async listen(bins: readonly number[], everyMs?: number): Promise<void> {
    this.#bins = bins;
    await this.person.page.evaluate(([asked, step]) => window.recorder.record(asked, step), [
      bins,
      everyMs,
    ] as const);
  }

  /** What was heard from `from` to `to`, which may be yet to come; epoch ms. */
  async recording({ from, to }: Span, threshold?: number): Promise<Recording> {
    const { page, name } = this.person;
    const ended = () => page.evaluate((end) => window.recorder.lines(end).length > 0, to);
    await until(ended, `${name} has listened up to the end`, to - Date.now() + 10_000);
    const lines = await page.evaluate((start) => window.recorder.lines(start), from);
    return new Recording(this.#bins, lines, threshold);
  }

  /** Waits until this tone is heard after `from`; returns when it was. Both epoch ms. */
  async hears(bin: number, from: number, withinMs = 20_000): Promise<number> {
    const { page, name } = this.person;
    return until(
      async () => {
        const lines = await page.evaluate((start) => window.recorder.lines(start), from);
        return new Recording(this.#bins, lines).firstHeard(bin, from);
      },
      `${name} hears ${bin}`,
      withinMs,
    );
  }
}
