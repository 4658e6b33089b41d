/** What a page heard, as its recorder wrote it down. Pure. */
import type { Line } from './recorder.ts';

/** A tenth of a common voice's own amplitude is surely that voice; less is the skirt of another. */
const HEARD = 0.03;
/**
 * And it stands out so many times from the quietest of the tones that were asked for, one of which
 * must be nobody's: a click, as where packets come late, is in all of them at once.
 */
const STANDS_OUT = 8;

export interface Span {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
}

export class Recording {
  readonly #bins: readonly number[];
  readonly #lines: readonly Line[];
  readonly #threshold: number;

  /** @param threshold amplitude from which a tone counts as heard */
  constructor(bins: readonly number[], lines: readonly Line[], threshold = HEARD) {
    this.#bins = bins;
    this.#lines = lines;
    this.#threshold = threshold;
  }

  /** Epoch ms of the first line with the tone after `from`; undefined if there is none. */
  firstHeard(bin: number, from: number): number | undefined {
    return this.#lines.find((line) => line.at >= from && this.#hears(line, bin))?.at;
  }

  /** Of the last one; undefined if there is none. */
  lastHeard(bin: number): number | undefined {
    return this.#lines.findLast((line) => this.#hears(line, bin))?.at;
  }

  /** How much of the time the tone was there, 0 … 1; NaN where nothing was written down. */
  share(bin: number, span: Span): number {
    const lines = this.#within(span);
    return lines.filter((line) => this.#hears(line, bin)).length / lines.length;
  }

  /** Of the tone where it is there, dB of full scale: the middle of all lines. */
  loudness(bin: number, span: Span): number {
    const levels = this.#within(span)
      .filter((line) => this.#hears(line, bin))
      .map((line) => this.#amplitude(line, bin))
      .sort((a, b) => a - b);
    return 20 * Math.log10(levels[Math.floor(levels.length / 2)] ?? 0);
  }

  #within({ from, to }: Span): readonly Line[] {
    return this.#lines.filter(({ at }) => at >= from && at <= to);
  }

  #hears(line: Line, bin: number): boolean {
    const amplitude = this.#amplitude(line, bin);
    return amplitude > this.#threshold && amplitude > STANDS_OUT * Math.min(...line.amplitudes);
  }

  #amplitude({ amplitudes }: Line, bin: number): number {
    return amplitudes[this.#bins.indexOf(bin)] ?? NaN;
  }
}
