// A Node new enough for the server: the one we run on, a cached one, or npm's package with the binary.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { npm, npmReason } from './npm.mjs';
import { cacheFolder, inWorkFolder } from './paths.mjs';
import { lastLines, run } from './run.mjs';
import { begin } from './terminal.mjs';

const NEEDED_MAJOR = 24;
/** The one place that says which Node is fetched where the machine's own is too old. */
const FETCHED_VERSION = '24.21.0';
/** npm has this version as `node-SYSTEM-PROCESSOR` for these. */
const FETCHABLE = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

/**
 * @typedef {object} Node
 * @property {string} path the binary
 * @property {string} version
 */

/** @returns {Promise<Node>} */
export async function obtainNode() {
  const own = process.versions.node;
  if (isNewEnough(own)) return { path: process.execPath, version: own };
  const platform = `${process.platform}-${process.arch}`;
  if (!FETCHABLE.has(platform)) {
    throw new SetupError(
      `This needs Node ${NEEDED_MAJOR} or newer; here is ${own}, and npm has no newer one for ${platform}.\n` +
        `Install Node ${NEEDED_MAJOR} or newer, then try again.`,
    );
  }
  const folder = join(cacheFolder('node'), `${FETCHED_VERSION}-${platform}`);
  const binary = binaryIn(folder, platform);
  if (!existsSync(binary)) {
    await withLock(`node-${FETCHED_VERSION}-${platform}`, async () => {
      if (!existsSync(binary)) await fetchNode(folder, platform);
    });
  }
  return { path: binary, version: FETCHED_VERSION };
}

/** @param {string} version */
export function isNewEnough(version) {
  return Number.parseInt(version, 10) >= NEEDED_MAJOR;
}

/**
 * @param {string} folder
 * @param {string} platform
 */
async function fetchNode(folder, platform) {
  const name = `node-${platform}@${FETCHED_VERSION}`;
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const task = begin(`fetching Node ${FETCHED_VERSION}, because this is ${process.versions.node}`);
  try {
    await inWorkFolder(folder, async (work) => {
      const args = ['install', '--ignore-scripts', ...quiet, '--prefix', work, name];
      const installed = await npm(process.execPath, args, { cwd: work });
      if (!installed.ok) {
        throw new SetupError(
          `npm could not install ${name}:\n${npmReason(installed.output)}\n` +
            `Mend that, or install Node ${NEEDED_MAJOR} or newer yourself, then try again.`,
        );
      }
      const tried = await run(binaryIn(work, platform), ['--version'], { deadlineMs: 10_000 });
      if (!tried.ok || tried.output.trim() !== `v${FETCHED_VERSION}`) {
        throw new SetupError(
          `Node ${FETCHED_VERSION} was fetched but does not run here: ${lastLines(tried.output, 3)}\n` +
            `Install Node ${NEEDED_MAJOR} or newer yourself, then try again.`,
        );
      }
      rmSync(folder, { recursive: true, force: true });
      renameSync(work, folder);
    });
    task.done(`Node ${FETCHED_VERSION} fetched`);
  } finally {
    task.drop();
  }
}

/**
 * @param {string} folder
 * @param {string} platform
 */
function binaryIn(folder, platform) {
  return join(folder, 'node_modules', `node-${platform}`, 'bin', 'node');
}
