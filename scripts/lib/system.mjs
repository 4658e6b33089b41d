// What kind of machine this is, as far as a compiled program cares.
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';

export function isRoot() {
  return process.getuid?.() === 0;
}

/** Names the set of libraries that a program built here runs on, such as `debian-12`. */
export function distribution() {
  try {
    return distributionOf(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return `${process.platform}-${release().split('.')[0]}`;
  }
}

/** @param {string} osRelease the text of /etc/os-release */
export function distributionOf(osRelease) {
  /** @param {string} name */
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1];
  const id = field('ID') || 'linux';
  // Debian's testing has no number yet.
  const version = field('VERSION_ID') || field('VERSION_CODENAME') || 'rolling';
  return `${id}-${version}`;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
