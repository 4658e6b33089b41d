/** How a benchmark ends that cannot give figures. */
import { constants } from 'node:os';
import { BenchError } from '../load/refusals.ts';

/** Those that ask a program to end; Chromium and servers that it started end with it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * From here on a signal ends this program at once. Playwright would only close its browsers, and
 * leave the rest to go on.
 */
export const endOnSignals = (): void => {
  for (const signal of SIGNALS) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
};

/**
 * From here on, whatever ends the benchmark early does so with 1, and with a sentence alone where
 * that says all. What it started has ended by then: its `finally` comes first.
 */
export const endWithSentence = (): void => {
  process.on('uncaughtException', (error) => {
    const text = error instanceof BenchError ? error.message : (error.stack ?? error.message);
    process.stderr.write(`bench: ${text}\n`);
    process.exit(1);
  });
};
