// The packages of the lock file, installed when it or what it depends on has changed.
import { join } from 'node:path';
import { SetupError } from './failure.mjs';
import { hashFiles, hashText, isStamped, stamp } from './hash.mjs';
import { withLock } from './lock.mjs';
import { npm, npmReason } from './npm.mjs';
import { ROOT } from './paths.mjs';
import { begin } from './terminal.mjs';

const SOURCES = [
  'package-lock.json',
  'package.json',
  'protocol/package.json',
  'sfu-server/package.json',
  'web/package.json',
  '.npmrc',
];

/** @param {import('./nodeBinary.mjs').Node} node */
export async function installDependencies(node) {
  // npm picks versions and binaries by Node's version, the system and the processor.
  const major = node.version.split('.', 1).join();
  const wanted = hashText(hashFiles(ROOT, SOURCES), major, process.platform, process.arch);
  // Inside node_modules: whoever removes the packages removes the stamp.
  const file = join(ROOT, 'node_modules', '.veche-stamp');
  if (isStamped(file, wanted)) return;
  await withLock(`dependencies-${hashText(ROOT).slice(0, 12)}`, async () => {
    if (isStamped(file, wanted)) return;
    const task = begin('installing the dependencies');
    try {
      const result = await npm(
        node.path,
        ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        {
          cwd: ROOT,
        },
      );
      if (!result.ok) {
        throw new SetupError(
          `npm could not install the dependencies:\n${npmReason(result.output)}`,
        );
      }
      stamp(file, wanted);
      task.done('dependencies installed');
    } finally {
      task.drop();
    }
  });
}
