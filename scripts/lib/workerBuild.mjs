// The worker from mediasoup's own C++ source, by the recipe in sfu-server/worker-build.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './failure.mjs';
import { writeAtomically } from './hash.mjs';
import { MEDIASOUP, mediasoupVersion, RECIPE } from './mediasoup.mjs';
import { cacheFolder } from './paths.mjs';
import { lastLines, run } from './run.mjs';
import { begin, say } from './terminal.mjs';

/** What build.sh says with its exit code. */
const PACKAGES_MISSING = 3;
const NO_APT = 4;

/**
 * @param {string} target
 * @param {string} work
 */
export async function buildWorker(target, work) {
  say("building it from mediasoup's source; this takes some minutes");
  const task = begin('building the worker');
  // Here and not in /tmp: should we be killed, what is left lies within the cache.
  const temporary = join(work, 'build');
  mkdirSync(temporary);
  try {
    const result = await run('bash', [join(RECIPE, 'build.sh'), MEDIASOUP, target], {
      env: { ...process.env, TMPDIR: temporary },
      onLine: (line) => {
        const progress = readProgress(line);
        if (progress) task.update(progress);
      },
    });
    if (!result.ok) throw new SetupError(explain(result));
    task.done('worker built');
  } finally {
    task.drop();
  }
}

/**
 * build.sh names its steps, and ninja counts its own.
 * @param {string} line
 */
export function readProgress(line) {
  const step = /^step: (.*)/.exec(line)?.[1];
  if (step) return step;
  const counted = /^\[(\d+)\/(\d+)\] /.exec(line);
  return counted ? `compiling ${counted[1]} of ${counted[2]}` : undefined;
}

/** @param {import('./run.mjs').RunResult} result */
function explain({ code, output }) {
  const otherwise = `set MEDIASOUP_WORKER_BIN to a mediasoup-worker ${mediasoupVersion()} that works here`;
  if (code === PACKAGES_MISSING) {
    return (
      "mediasoup's worker could neither be fetched nor built: building it needs packages that only root may install.\n" +
      `Run this as root, then try again:\n\n  apt-get update && apt-get install --no-install-recommends ${lastLines(output, 1)}\n\n` +
      `Or ${otherwise}.`
    );
  }
  if (code === NO_APT) {
    return (
      "mediasoup's worker could not be fetched, and it can only be built on Debian and its relatives (there is no apt-get here).\n" +
      `Let this machine reach upstream's downloads, or ${otherwise}.`
    );
  }
  const log = join(cacheFolder('worker'), 'build.log');
  writeAtomically(log, output);
  return (
    `mediasoup's worker does not build (exit code ${code}); the end of what was said:\n\n${lastLines(output)}\n\n` +
    `All of it is in ${log}. Mend that, or ${otherwise}.`
  );
}
