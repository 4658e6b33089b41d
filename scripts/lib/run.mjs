// Runs one program to its end, in a process group of its own, and hands back what it said.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { signalGroup, throwIfInterrupted, watchGroup } from './interrupt.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(line: string) => void} [onLine] each line as it comes
 * @property {number} [deadlineMs] then it is killed
 * @property {boolean} [show] its output goes to the terminal instead of into the result
 */

/**
 * @typedef {object} RunResult
 * @property {boolean} ok
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {boolean} timedOut
 * @property {string} output standard output and standard error, in the order they came
 */

/**
 * Never rejects for what the program does; rejects when the set-up is interrupted.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export async function run(command, args, options = {}) {
  throwIfInterrupted();
  const sink = options.show ? 'inherit' : 'pipe';
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    // Its own group: a signal then reaches it and all that it started, and nobody else.
    detached: true,
    stdio: ['ignore', sink, sink],
  });
  const release = child.pid === undefined ? () => undefined : watchGroup(child.pid);

  /** @type {string[]} */
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
    });
  }

  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    },
    options.deadlineMs ?? 2 ** 31 - 1,
  );

  const { code, signal } = await new Promise((resolve) => {
    child.on('exit', release);
    child.on('close', (code, signal) => resolve({ code, signal }));
    child.on('error', (error) => {
      lines.push(error.message);
      // A program that was never there has no `close`.
      if (child.pid === undefined) resolve({ code: 127, signal: null });
    });
  });
  clearTimeout(timer);
  throwIfInterrupted();
  return { ok: code === 0 && !timedOut, code, signal, timedOut, output: lines.join('\n') };
}

/**
 * The end of what a failed program said, which is where the reason stands.
 * @param {string} output
 * @param {number} [count]
 */
export function lastLines(output, count = 20) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
