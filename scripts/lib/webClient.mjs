// The web client as the server serves it, built again when its sources have changed.
import { join } from 'node:path';
import { SetupError } from './failure.mjs';
import { hashFiles, hashText, isStamped, stamp } from './hash.mjs';
import { withLock } from './lock.mjs';
import { ROOT } from './paths.mjs';
import { lastLines, run } from './run.mjs';
import { begin } from './terminal.mjs';

const SOURCES = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/package.json',
  'web/tsconfig.json',
  'web/vite.config.ts',
  'web/svelte.config.js',
  'tsconfig.base.json',
  'protocol/package.json',
  'protocol/src',
  'package-lock.json',
];

/** @param {import('./nodeBinary.mjs').Node} node */
export async function buildWebClient(node) {
  const wanted = hashFiles(ROOT, SOURCES, isSource);
  // Vite empties this folder before it writes: half a build has no stamp.
  const file = join(ROOT, 'web', 'dist', '.stamp');
  if (isStamped(file, wanted)) return;
  await withLock(`web-client-${hashText(ROOT).slice(0, 12)}`, async () => {
    if (isStamped(file, wanted)) return;
    const task = begin('building the web client');
    try {
      const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
      const result = await run(node.path, [vite, 'build', '--logLevel', 'warn'], {
        cwd: join(ROOT, 'web'),
      });
      if (!result.ok)
        throw new SetupError(`The web client does not build:\n${lastLines(result.output, 40)}`);
      stamp(file, wanted);
      task.done('web client built');
    } finally {
      task.drop();
    }
  });
}

/** Tests lie beside what they test and are not part of the client. @param {string} path */
export function isSource(path) {
  return !/\.test\.[a-z.]+$/.test(path);
}
