// Where things lie: the repository, and the cache that outlives its node_modules.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './failure.mjs';

/** The repository's own folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 */
export function cacheDirOf(env, home) {
  const { VECHE_CACHE_DIR, XDG_CACHE_HOME } = env;
  if (VECHE_CACHE_DIR) return resolve(VECHE_CACHE_DIR);
  // The specification of XDG_CACHE_HOME asks to ignore a relative one.
  const base = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(home, '.cache');
  return join(base, 'veche');
}

/**
 * A folder of the cache, made if need be.
 * @param {...string} parts
 */
export function cacheFolder(...parts) {
  const folder = join(cacheDirOf(process.env, homedir()), ...parts);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new SetupError(
      `The cache folder ${folder} cannot be made (${/** @type {Error} */ (error).message}).\n` +
        'Set VECHE_CACHE_DIR to a folder that you may write to.',
    );
  }
  return folder;
}

/**
 * Makes something in a folder beside its final place, so that it can be renamed there when it is whole.
 * To be called by the holder of that place's lock only: what else lies there was left by one who was killed.
 * @template T
 * @param {string} place
 * @param {(work: string) => Promise<T>} make
 */
export async function inWorkFolder(place, make) {
  const prefix = `${basename(place)}.making-`;
  for (const name of readdirSync(dirname(place))) {
    if (name.startsWith(prefix))
      rmSync(join(dirname(place), name), { recursive: true, force: true });
  }
  const work = mkdtempSync(join(dirname(place), prefix));
  try {
    return await make(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
