// Runs one of the project's own TypeScript programs, with all that the tests have, or the server.
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';
import { setUpServer, setUpTests } from './setup.mjs';

/**
 * @param {string} file from the project's root
 * @param {readonly string[]} [args]
 * @param {{ chromium?: boolean }} [needs]
 * @returns {Promise<number>} the exit code
 */
export async function runProgram(file, args = [], { chromium: withChromium = true } = {}) {
  const { node, worker, env } = withChromium ? await forTests() : await forServer();
  const { code } = await run(node.path, [join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, MEDIASOUP_WORKER_BIN: worker },
    show: true,
  });
  return code ?? 1;
}

async function forTests() {
  const { chromium, ...server } = await setUpTests();
  return { ...server, env: { CHROMIUM_BIN: chromium } };
}

const forServer = async () => ({ ...(await setUpServer()), env: {} });
