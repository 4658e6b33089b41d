// What a set-up says: one calm line per step; progress in place on a terminal, now and then elsewhere.
import { performance } from 'node:perf_hooks';

/** Without a terminal, a line this often tells that the work goes on. */
const REPORT_MS = 10_000;
const REDRAW_MS = 1_000;

/**
 * @typedef {object} Task
 * @property {(detail: string) => void} update what it is at now
 * @property {(text: string) => void} done the line that stays
 * @property {() => void} drop nothing stays; an error or another line will tell
 */

/** @type {NodeJS.WriteStream} */
let stream = process.stdout;

/**
 * Standard output, unless that is for something else.
 * @param {NodeJS.WriteStream} to
 */
export function speakOn(to) {
  stream = to;
}

/** @param {string} text */
export function say(text) {
  stream.write(`set-up: ${text}\n`);
}

/**
 * Starts a step that may take long.
 * @param {string} title
 * @returns {Task}
 */
export function begin(title) {
  const start = performance.now();
  const inPlace = stream.isTTY;
  let detail = '';

  const line = () => {
    const elapsed = formatDuration(performance.now() - start);
    return `${title}${detail === '' ? '' : `: ${detail}`} (${elapsed})`;
  };
  const draw = () => {
    if (inPlace) stream.write(`\r\x1b[K${fit(`set-up: ${line()}`, stream.columns)}`);
    else say(line());
  };
  const timer = setInterval(draw, inPlace ? REDRAW_MS : REPORT_MS);
  timer.unref();
  if (inPlace) draw();
  else say(title);

  const end = () => {
    clearInterval(timer);
    if (inPlace) stream.write('\r\x1b[K');
  };
  return {
    update(text) {
      detail = text;
      if (inPlace) draw();
    },
    done(text) {
      end();
      say(`${text} (${formatDuration(performance.now() - start)})`);
    },
    drop: end,
  };
}

/** @param {number} ms */
export function formatDuration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * A line that wraps cannot be drawn over.
 * @param {string} text
 * @param {number} columns
 */
export function fit(text, columns) {
  return columns > 1 && text.length >= columns ? `${text.slice(0, columns - 2)}…` : text;
}
