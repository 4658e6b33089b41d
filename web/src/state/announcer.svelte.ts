/** Short news: told to screen readers, politely, and shown for a moment where it helps the eye. */

/** Enough that a burst is not cut off before it is read. */
const LINES_KEPT = 5;
/** Long enough to read one short sentence. */
const TOAST_MS = 4000;

export class Announcer {
  #lines = $state.raw<readonly { readonly number: number; readonly text: string }[]>([]);
  #toast = $state.raw<string | null>(null);
  #number = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get lines() {
    return this.#lines;
  }

  get toast(): string | null {
    return this.#toast;
  }

  /** For those who cannot see it happen. */
  say = (text: string): void => {
    this.#number += 1;
    this.#lines = [...this.#lines, { number: this.#number, text }].slice(-LINES_KEPT);
  };

  /** For everyone. */
  show = (text: string): void => {
    this.say(text);
    this.#toast = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#toast = null;
    }, TOAST_MS);
  };
}
