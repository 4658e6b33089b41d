// A Chromium for the browser tests: the one asked for, one that is installed, or Debian's.
import { delimiter, join } from 'node:path';
import { canInstall, installPackages } from './debian.mjs';
import { SetupError } from './failure.mjs';
import { lastLines } from './run.mjs';
import { isExecutable } from './system.mjs';
import { begin } from './terminal.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export async function obtainChromium() {
  const chosen = process.env['CHROMIUM_BIN'];
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new SetupError(
      `CHROMIUM_BIN is ${chosen}, which is not a program. Correct it, or unset it.`,
    );
  }
  return findChromium(process.env, isExecutable) ?? (await installChromium());
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {(path: string) => boolean} isProgram
 */
export function findChromium(env, isProgram) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders, ...PLACES.filter((place) => place.endsWith('/bin'))].flatMap(
    (folder) => NAMES.map((name) => join(folder, name)),
  );
  return [...candidates, ...PLACES].find(isProgram);
}

async function installChromium() {
  if (!canInstall()) {
    throw new SetupError(
      'The browser tests need Chromium or Chrome, and none was found.\n' +
        'Install one (on Debian: apt-get install chromium), or set CHROMIUM_BIN to its program.',
    );
  }
  const task = begin('installing Chromium for the browser tests');
  try {
    const result = await installPackages(['chromium']);
    const found = findChromium(process.env, isExecutable);
    if (!result.ok || found === undefined) {
      throw new SetupError(
        `Chromium could not be installed:\n${lastLines(result.output)}\n` +
          'Install a Chromium or Chrome yourself, or set CHROMIUM_BIN to its program.',
      );
    }
    task.done('Chromium installed');
    return found;
  } finally {
    task.drop();
  }
}
