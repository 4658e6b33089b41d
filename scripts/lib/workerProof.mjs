// Whether a worker really works here, by sfu-server/worker-build/prove.ts; a success is remembered.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './failure.mjs';
import { hashFiles, hashText, stamp } from './hash.mjs';
import { mediasoupVersion, RECIPE } from './mediasoup.mjs';
import { cacheFolder } from './paths.mjs';
import { lastLines, run } from './run.mjs';
import { begin } from './terminal.mjs';

/** prove.ts counts ten seconds for the worker itself; this also covers a slow start of Node. */
const DEADLINE_MS = 30_000;
/** prove.ts's exit codes for a worker that failed, and for one that a packet can end. */
const REFUSED = 3;
const WEAK = 4;
/** How a worker that can be loaded answers whoever is not mediasoup. */
const NOT_MY_FATHER = 41;

/**
 * Cheap enough for every start: remembered from an earlier proof, and its libraries are still there.
 * @param {string} binary
 */
export function isProven(binary) {
  if (!existsSync(stampOf(binary))) return false;
  const env = { ...process.env };
  delete env['MEDIASOUP_VERSION'];
  return spawnSync(binary, [], { env, stdio: 'ignore', timeout: 2_000 }).status === NOT_MY_FATHER;
}

/**
 * What is wrong with a worker, as the second half of a sentence. `refused`: it does not work here; `weak`:
 * it works, but whoever wants to can end it.
 * @typedef {{ how: 'refused' | 'weak', what: string }} Fault
 */

/**
 * @param {import('./nodeBinary.mjs').Node} node
 * @param {string} binary
 * @returns {Promise<Fault | undefined>}
 */
export async function proveWorker(node, binary) {
  const task = begin('trying the worker with a real handshake');
  try {
    const result = await run(node.path, [join(RECIPE, 'prove.ts'), binary], {
      deadlineMs: DEADLINE_MS,
    });
    if (result.timedOut)
      return { how: 'refused', what: `it did not answer within ${DEADLINE_MS / 1000} s` };
    if (result.code === REFUSED || result.code === WEAK) {
      const how = result.code === WEAK ? 'weak' : 'refused';
      return { how, what: lastLines(result.output, 1) };
    }
    if (!result.ok)
      throw new SetupError(`The trial of the worker cannot run here:\n${lastLines(result.output)}`);
    const file = stampOf(binary);
    stamp(file, binary);
    task.done('worker tried with a real handshake');
    return undefined;
  } finally {
    task.drop();
  }
}

/** One file for each binary that was proved, known by what changes when the binary or the proof does. @param {string} binary */
function stampOf(binary) {
  const { dev, ino, size, mtimeMs } = statSync(binary);
  const proof = hashFiles(RECIPE, ['prove.ts']);
  const identity = hashText(mediasoupVersion(), proof, ...[dev, ino, size, mtimeMs].map(String));
  return join(cacheFolder('worker', 'proofs'), identity.slice(0, 32));
}
