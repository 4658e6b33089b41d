// The programs with which the tests make networks of their own. Without them, or without the right to
// use them, those tests are skipped with a sentence: nothing here fails.
import { delimiter, join } from 'node:path';
import { canInstall, installPackages } from './debian.mjs';
import { isExecutable } from './system.mjs';
import { begin, say } from './terminal.mjs';

const PROGRAMS = { ip: 'iproute2', tc: 'iproute2', nft: 'nftables', unshare: 'util-linux' };
const PLACES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

export async function obtainNetworkTools() {
  const packages = missingPackages(process.env['PATH'] ?? '', isExecutable);
  if (packages.length === 0 || !canInstall()) return;
  const task = begin(`installing ${packages.join(' and ')} for the tests of networks`);
  try {
    const { ok } = await installPackages(packages);
    if (ok) task.done('tools for networks installed');
    else say(`${packages.join(' and ')} could not be installed: tests of networks will be skipped`);
  } finally {
    task.drop();
  }
}

/**
 * @param {string} path the variable
 * @param {(path: string) => boolean} isProgram
 */
export function missingPackages(path, isProgram) {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...PLACES];
  const missing = Object.entries(PROGRAMS).filter(
    ([name]) => !folders.some((folder) => isProgram(join(folder, name))),
  );
  return [...new Set(missing.map(([, packageName]) => packageName))];
}
