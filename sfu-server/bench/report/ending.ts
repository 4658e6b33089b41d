/** How a benchmark ends that cannot give figures. */
import { BenchError } from '../load/refusals.ts';

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
