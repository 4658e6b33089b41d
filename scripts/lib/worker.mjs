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
      const fault = await proveWorker(node, binary);
      // A weak one is there only where no other could be had.
      if (fault?.how === 'weak') warn(fault.what);
      if (fault?.how !== 'refused') return;
      say(`the worker in the cache is refused: ${fault.what}; getting another`);
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
  const fault = await proveWorker(node, binary);
  if (fault?.how === 'refused')
    throw refuse(`but that worker was tried and refused: ${fault.what}`);
  if (fault) warn(fault.what);
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
    const fault = await proveWorker(node, made);
    if (!fault) return made;
    if (fault.how === 'weak') return await betterThanWeak(node, made, work, fault.what);
    say(`the prebuilt worker is refused: ${fault.what}`);
    rmSync(made);
  }
  await build(node, made, work);
  return made;
}

/**
 * One that is built here has the patches of sfu-server/worker-build; where none can be built, a weak one
 * is better than none.
 * @param {Node} node
 * @param {string} weak
 * @param {string} work
 * @param {string} what
 */
async function betterThanWeak(node, weak, work, what) {
  say(`the prebuilt worker can be ended: ${what}`);
  const built = `${weak}.built`;
  try {
    await build(node, built, work);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    warn(what);
    return weak;
  }
  renameSync(built, weak);
  return weak;
}

/**
 * @param {Node} node
 * @param {string} target
 * @param {string} work
 */
async function build(node, target, work) {
  await buildWorker(target, work);
  const fault = await proveWorker(node, target);
  if (!fault) return;
  throw new SetupError(
    `The worker was built from source, then tried and refused: ${fault.what}.\n` +
      'Set MEDIASOUP_WORKER_BIN to a mediasoup-worker that works here.',
  );
}

/** @param {string} what */
function warn(what) {
  say(`WARNING: this media worker can be ended by anybody who takes part: ${what}.`);
  say('sfu-server/worker-build/README.md says more; on Debian 12 or newer, a safe one is built.');
}

/** Another version, recipe, distribution or processor needs another binary; the rest of the folder does not. */
function workerKey() {
  const recipe = hashFiles(RECIPE, ['build.sh', 'overlay', 'patches']).slice(0, 12);
  return `mediasoup-${mediasoupVersion()}-${distribution()}-${process.arch}-${recipe}`;
}
