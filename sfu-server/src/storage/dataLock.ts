/**
 * One server for each data directory: a second one would end the calls of the first. The lock is the
 * system's and goes with the process, however that ends.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** @returns what frees it; null where another server holds it */
export const lockData = (directory: string): (() => void) | null => {
  if (directory === ':memory:') return () => undefined;
  const lock = new DatabaseSync(join(directory, 'veche.lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    // SQLITE_BUSY
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return null;
    throw error;
  }
  return () => {
    lock.close();
  };
};
