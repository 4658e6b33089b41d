// The ways in which a command ends early on purpose, and the exit code of each.
import { constants } from 'node:os';

/** Something that the person at the terminal can mend; the message says how. */
export class SetupError extends Error {}

/** A command line that makes no sense; the message ends with the usage. */
export class UsageError extends Error {}

/** Ctrl-C, or another polite request to stop, came during set-up. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    /** What a shell reports for this signal: 130 for Ctrl-C. */
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs a script's main function and makes its result, or its failure, the exit code.
 * @param {() => Promise<number>} main
 */
export async function exitWith(main) {
  let exitCode;
  try {
    exitCode = await main();
  } catch (error) {
    exitCode = report(error);
  }
  // Whatever is still open must not keep the terminal.
  process.exit(exitCode);
}

/** @param {unknown} error */
function report(error) {
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted\n');
    return error.exitCode;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof SetupError) process.stderr.write(`\n${error.message}\n`);
  else process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`);
  return 1;
}
