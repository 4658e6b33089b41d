// Upstream's prebuilt worker, through mediasoup's own install script.
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MEDIASOUP } from './mediasoup.mjs';
import { run } from './run.mjs';
import { begin, say } from './terminal.mjs';

/** A host that takes the connection and then says nothing must not hold us for ever. */
const DEADLINE_MS = 60_000;

/**
 * @param {import('./nodeBinary.mjs').Node} node
 * @param {string} target
 * @returns {Promise<boolean>} whether the binary is there now
 */
export async function downloadWorker(node, target) {
  const task = begin("fetching mediasoup's worker");
  const downloaded = join(MEDIASOUP, 'worker', 'out', 'Release', 'mediasoup-worker');
  try {
    // Left by an interrupted try, perhaps incomplete.
    rmSync(downloaded, { force: true });
    const { ok } = await run(node.path, ['npm-scripts.mjs', 'postinstall'], {
      cwd: MEDIASOUP,
      // The script goes on to a build of its own, with downloads and Python, unless Python fails.
      env: { ...process.env, PYTHON: 'false' },
      deadlineMs: DEADLINE_MS,
    });
    if (!ok || !existsSync(downloaded)) {
      task.drop();
      say('no prebuilt worker can be fetched here');
      return false;
    }
    copyFileSync(downloaded, target);
    task.done('worker fetched');
    return true;
  } finally {
    task.drop();
    rmSync(downloaded, { force: true });
  }
}
