// Ctrl-C during set-up: the programs that it started end, then the set-up itself, with nothing half done.
import { Interrupted } from './failure.mjs';

/** npm, the shell and the terminal may each deliver one Ctrl-C: what follows this soon is the same one. */
export const SAME_SIGNAL_MS = 1_000;
/** Long enough for a package manager to leave a clean state. */
const PATIENCE_MS = 10_000;

export const STOP_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Leaders of the process groups that run now. @type {Set<number>} */
const groups = new Set();
/** @type {{ signal: NodeJS.Signals, at: number } | undefined} */
let interruption;

/** From here on a signal interrupts. Answers a function that gives the signals back. */
export function interruptOnSignals() {
  for (const signal of STOP_SIGNALS) process.on(signal, interrupt);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, interrupt);
  };
}

export function throwIfInterrupted() {
  if (interruption) throw new Interrupted(interruption.signal);
}

/**
 * Remembers a program until it ends. Its pid is also its group's, so that its own children can be reached.
 * @param {number} pid
 */
export function watchGroup(pid) {
  groups.add(pid);
  return () => {
    groups.delete(pid);
    // Whatever it left behind ends with it.
    signalGroup(pid, 'SIGKILL');
  };
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** @param {NodeJS.Signals} signal */
function interrupt(signal) {
  const now = Date.now();
  if (interruption) {
    if (now - interruption.at < SAME_SIGNAL_MS) return;
    for (const pid of groups) signalGroup(pid, 'SIGKILL');
    return;
  }
  interruption = { signal, at: now };
  for (const pid of groups) signalGroup(pid, 'SIGINT');
  setTimeout(() => {
    for (const pid of groups) signalGroup(pid, 'SIGKILL');
  }, PATIENCE_MS).unref();
}
