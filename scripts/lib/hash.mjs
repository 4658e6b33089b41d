// Fingerprints of files, and stamps that remember the fingerprint something was made from.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Neither is a source. */
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist']);

/** @param {...string} parts */
export function hashText(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

/**
 * One hash over the names and contents of files and of everything in folders; what does not exist counts as such.
 * @param {string} root
 * @param {readonly string[]} paths relative to root
 * @param {(path: string) => boolean} [accept]
 */
export function hashFiles(root, paths, accept = () => true) {
  const hash = createHash('sha256');
  for (const path of paths) visit(path);
  return hash.digest('hex');

  /** @param {string} path */
  function visit(path) {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      // Sorted: the order of a folder is the file system's business.
      for (const name of readdirSync(join(root, path)).sort()) {
        if (!SKIPPED_FOLDERS.has(name)) visit(`${path}/${name}`);
      }
    } else if (accept(path)) {
      const content = stats ? readFileSync(join(root, path)) : undefined;
      hash.update(`${path}\0${content ? content.length : 'missing'}\0`);
      if (content) hash.update(content);
    }
  }
}

/**
 * Whether what this stamp belongs to was made from the same sources.
 * @param {string} file
 * @param {string} hash
 */
export function isStamped(file, hash) {
  try {
    return readFileSync(file, 'utf8').trim() === hash;
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 * @param {string} hash
 */
export function stamp(file, hash) {
  writeAtomically(file, `${hash}\n`);
}

/**
 * Whoever reads the file sees the old content or the new one, never a part.
 * @param {string} file
 * @param {string} content
 */
export function writeAtomically(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content);
  renameSync(part, file);
}
