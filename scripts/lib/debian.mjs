// Programs from Debian's packages, where that is what this machine is and we may install.
import { existsSync } from 'node:fs';
import { run } from './run.mjs';
import { isRoot } from './system.mjs';

export const canInstall = () => isRoot() && existsSync('/usr/bin/apt-get');

/**
 * @param {readonly string[]} packages
 * @returns {Promise<import('./run.mjs').RunResult>} of the installation
 */
export async function installPackages(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', [...apt, 'update'], { env });
  return run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...packages], { env });
}
