// One set-up at a time per thing that is made. It only saves double work: what is made is renamed into
// place whole, so that even two who both believe to hold the lock do no harm.
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './failure.mjs';
import { throwIfInterrupted } from './interrupt.mjs';
import { cacheFolder } from './paths.mjs';
import { say } from './terminal.mjs';

/** The holder shows this often that it lives. */
const HEARTBEAT_MS = 5_000;
/** A holder silent for this long is gone, wherever it runs. */
const STALE_MS = 60_000;
const RETRY_MS = 250;

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const file = join(cacheFolder('locks'), `${name}.lock`);
  let told = false;
  while (!take(file)) {
    throwIfInterrupted();
    if (isStale(file)) {
      remove(file);
      continue;
    }
    if (!told) say('waiting for another set-up to finish the same step');
    told = true;
    await sleep(RETRY_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ pid: process.pid, host: hostname() }));
    closeSync(handle);
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    throw new SetupError(
      `The cache folder cannot be written to (${message}).\n` +
        'Set VECHE_CACHE_DIR to a folder that you may write to.',
    );
  }
}

/**
 * @param {string} file
 * @param {number} [now]
 */
export function isStale(file, now = Date.now()) {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return false;
  if (now - stats.mtimeMs > STALE_MS) return true;
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8'));
    return host === hostname() && !isAlive(pid);
  } catch {
    // Just being written, or just gone.
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** Renamed first: of two who find the same stale lock only one removes it. @param {string} file */
function remove(file) {
  const grave = `${file}.${process.pid}`;
  try {
    renameSync(file, grave);
    rmSync(grave, { force: true });
  } catch {
    // The other one was faster.
  }
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken for stale, after a long sleep of the machine perhaps; see the top of this file.
  }
}
