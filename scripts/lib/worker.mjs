// mediasoup's worker, from the nearest place that has one that works: MEDIASOUP_WORKER_BIN, the cache,
// upstream's prebuilt binary, a build from source. Whichever it is, it is proved before anybody uses it.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SetupError } from './failure.mjs';
import { hashFiles } from './hash.mjs';
import { withLock } from './lock.mjs';
import { mediasoupVersion, RECIPE } from './mediasoup.mjs';
import { cacheFolder, inWorkFolder } from './paths.mjs';
import { distribution, isExecutable } from './system.mjs';
import { say } from './terminal.mjs';
import { buildWorker } from './workerBuild.mjs';
import { downloadWorker } from './workerDownload.mjs';
import { isProven, proveWorker } from './workerProof.mjs';

/** @typedef {import('./nodeBinary.mjs').Node} Node */

/**
 * @param {Node} node
 * @returns {Promise<string>} the binary
 */
export async function obtainWorker(node) {
  const chosen = process.env['MEDIASOUP_WORKER_BIN'];
  if (chosen) return await checkChosen(node, resolve(chosen));

  const home = cacheFolder('worker');
  const name = workerKey();
  const binary = join(home, name, 'mediasoup-worker');
  if (existsSync(binary) && isProven(binary)) return binary;
  await withLock(`worker-${name}`, async () => {
    if (existsSync(binary)) {
      const failure = await proveWorker(node, binary);
      if (!failure) return;
      say(`the worker in the cache is refused: ${failure}; getting another`);
      rmSync(dirname(binary), { recursive: true, force: true });
    }
    await inWorkFolder(dirname(binary), async (work) => {
      const made = await makeWorker(node, work);
      renameSync(dirname(made), dirname(binary));
    });
  });
  return binary;
}

/**
 * @param {Node} node
 * @param {string} binary
 */
async function checkChosen(node, binary) {
  /** @param {string} what */
  const refuse = (what) =>
    new SetupError(
      `MEDIASOUP_WORKER_BIN is ${binary}, ${what}.\n` +
        'Correct it, or unset it to have a worker fetched or built.',
    );
  if (!existsSync(binary)) throw refuse('which does not exist');
  if (!isExecutable(binary)) throw refuse('which is not a program');
  if (isProven(binary)) return binary;
  const failure = await proveWorker(node, binary);
  if (failure) throw refuse(`but that worker was tried and refused: ${failure}`);
  return binary;
}

/**
 * @param {Node} node
 * @param {string} work a folder for everything that is needed on the way
 */
async function makeWorker(node, work) {
  const made = join(work, 'made', 'mediasoup-worker');
  mkdirSync(dirname(made));
  if (await downloadWorker(node, made)) {
    const failure = await proveWorker(node, made);
    if (!failure) return made;
    say(`the prebuilt worker is refused: ${failure}`);
    rmSync(made);
  }
  await buildWorker(made, work);
  const failure = await proveWorker(node, made);
  if (!failure) return made;
  throw new SetupError(
    `The worker was built from source, then tried and refused: ${failure}.\n` +
      'Set MEDIASOUP_WORKER_BIN to a mediasoup-worker that works here.',
  );
}

/** Another version, recipe, distribution or processor needs another binary; the rest of the folder does not. */
function workerKey() {
  const recipe = hashFiles(RECIPE, ['build.sh', 'overlay', 'patches']).slice(0, 12);
  return `mediasoup-${mediasoupVersion()}-${distribution()}-${process.arch}-${recipe}`;
}
