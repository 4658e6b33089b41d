// The server as a child: it gets our terminal, each request to stop once, and its exit code is ours.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { SAME_SIGNAL_MS, STOP_SIGNALS } from './interrupt.mjs';
import { ROOT } from './paths.mjs';

const SERVER = join(ROOT, 'sfu-server');
/**
 * Node's own, for every server. By itself V8 lets what is new grow to 128 MB where a machine has much
 * memory, touched page by page over hours. With 32 MB a server takes about 80 MB less from the start
 * on; what it forwards and how fast people get in are the same.
 */
const OPTIONS = JSON.parse(readFileSync(join(SERVER, 'node-options.json'), 'utf8'));

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env on top of our own
 * @returns {Promise<number>} the exit code
 */
export function serve(node, env) {
  const child = spawn(node, [...OPTIONS, join(SERVER, 'src', 'main.ts')], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  let lastAt = -Infinity;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - lastAt < SAME_SIGNAL_MS) return;
      lastAt = now;
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
}
