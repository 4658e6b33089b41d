// Runs one of the project's own TypeScript programs, with all that the tests have.
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';
import { setUpTests } from './setup.mjs';

/**
 * @param {string} file from the project's root
 * @param {readonly string[]} [args]
 * @returns {Promise<number>} the exit code
 */
export async function runProgram(file, args = []) {
  const { node, worker, chromium } = await setUpTests();
  const { ok } = await run(node.path, [join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...process.env, MEDIASOUP_WORKER_BIN: worker, CHROMIUM_BIN: chromium },
    show: true,
  });
  return ok ? 0 : 1;
}
