/** Short news: told to screen readers, politely, and shown for a moment where it helps the eye. */

/** Enough that a burst is not cut off before it is read. */
const LINES_KEPT = 5;
/** More would hide what they are about. */
const TOASTS_SHOWN = 3;
/** Long enough to read one short sentence. */
const TOAST_MS = 4000;

interface Line {
  readonly number: number;
  readonly text: string;
}

export class Announcer {
  #lines = $state.raw<readonly Line[]>([]);
  #toasts = $state.raw<readonly Line[]>([]);
  #number = 0;

  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** What is shown now, the oldest first. */
  get toasts(): readonly Line[] {
    return this.#toasts;
  }

  /** For those who cannot see it happen. */
  say = (text: string): void => {
    this.#add(text);
  };

  /** For everyone. */
  show = (text: string): void => {
    const line = this.#add(text);
    this.#toasts = [...this.#toasts, line].slice(-TOASTS_SHOWN);
    // What comes together is read one after the other.
    setTimeout(() => {
      this.#toasts = this.#toasts.filter((other) => other !== line);
    }, TOAST_MS * this.#toasts.length);
  };

  /** What is shown is of a place that one has left. */
  clear = (): void => {
    this.#toasts = [];
  };

  #add(text: string): Line {
    this.#number += 1;
    const line = { number: this.#number, text };
    this.#lines = [...this.#lines, line].slice(-LINES_KEPT);
    return line;
  }
}
