/**
 * Debian's package of Janus with what it needs, unpacked into the cache: nothing is installed, so
 * nothing of the system changes.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { cacheFolder, inWorkFolder } from '../../../scripts/lib/paths.mjs';
import { packagesToGet } from './packages.ts';

const run = promisify(execFile);

export interface JanusProgram {
  readonly path: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraries: string;
  readonly plugins: string;
  readonly transports: string;
  /** Like `1.1.2`. */
  readonly version: string;
}

/** Janus cannot be had here; the message says why. */
export class NoJanus extends Error {}

/** @throws NoJanus */
export const obtainJanus = async (): Promise<JanusProgram> => {
  const root = join(cacheFolder('janus'), process.arch);
  await withLock('janus', async () => {
    if (existsSync(root)) return;
    await inWorkFolder(root, async (work) => {
      await unpack(work);
      renameSync(work, root);
    });
  });
  return describe(root);
};

const unpack = async (folder: string): Promise<void> => {
  const names = await apt(['install', '--simulate', '--no-install-recommends', 'janus'])
    .catch(async () => {
      // A system that never asked for the lists of packages knows of none.
      await apt(['update']);
      return apt(['install', '--simulate', '--no-install-recommends', 'janus']);
    })
    .then(packagesToGet);
  await apt(['download', '-o', 'APT::Sandbox::User=root', ...names], folder);
  for (const file of globSync(join(folder, '*.deb'))) {
    await run('dpkg-deb', ['--extract', file, folder]).catch((error: unknown) => {
      throw new NoJanus(`its package cannot be unpacked: ${firstLine(error)}`);
    });
  }
};

const apt = async (args: readonly string[], cwd?: string): Promise<string> => {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return (await run('apt-get', ['-q', ...args], { env, ...(cwd ? { cwd } : {}) })).stdout;
  } catch (error) {
    throw new NoJanus(`its Debian package cannot be fetched: ${firstLine(error)}`);
  }
};

const describe = async (root: string): Promise<JanusProgram> => {
  const [plugins = ''] = globSync(join(root, 'usr/lib/*/janus/plugins'));
  const libraries = join(plugins, '../..');
  const path = join(root, 'usr/bin/janus');
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const said = await run(path, ['--help'], { env }).catch((error: unknown) => {
    throw new NoJanus(`it does not run: ${firstLine(error)}; remove ${root} to fetch it again`);
  });
  const version = /Janus version: .*?(\d+\.\d+\.\d+)/.exec(said.stdout)?.[1];
  if (version === undefined) throw new NoJanus(`it does not say its version: ${said.stdout}`);
  return { path, libraries, plugins, transports: join(plugins, '../transports'), version };
};

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n', 1)[0] ?? '';
