/** Everything that is kept, opened for one server. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { CallStore } from './app/ports.ts';
import { endByRestart } from './app/restartedCalls.ts';
import type { CallRecord } from './domain/call.ts';
import { loadSecret, SecretError } from './identity/secret.ts';
import { StartError } from './startError.ts';
import { createCallStore } from './storage/callStore.ts';
import { lockData } from './storage/dataLock.ts';
import { DATABASE_FILE, openDatabase, serveFrom } from './storage/database.ts';

interface Data {
  readonly database: DatabaseSync;
  /** Signs tokens. */
  readonly secret: Uint8Array;
  readonly calls: CallStore;
  /** Calls that the last server left live; they are written down as ended. */
  readonly interrupted: readonly CallRecord[];
  readonly close: () => void;
}

/** @throws StartError, SecretError, with a sentence that says what to do */
export const openData = (directory: string): Data => {
  try {
    const database = openDatabase(directory);
    const unlock = lockData(directory);
    if (!unlock) {
      throw new StartError(
        `Another server runs on ${directory}; set DATA_DIR to another directory.`,
      );
    }
    const close = (): void => {
      database.close();
      unlock();
    };
    try {
      const secret = loadSecret(directory);
      const calls = createCallStore(database);
      const interrupted = endInterrupted(calls, directory);
      serveFrom(database);
      return { database, secret, calls, interrupted, close };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StartError || error instanceof SecretError) throw error;
    throw new StartError(`The data in ${directory} (DATA_DIR) cannot be used: ${whyOf(error)}.`, {
      cause: error,
    });
  }
};

const endInterrupted = (calls: CallStore, directory: string): readonly CallRecord[] => {
  const interrupted = calls.live();
  try {
    endByRestart(interrupted, calls);
  } catch (error) {
    const file = join(directory, DATABASE_FILE);
    throw new StartError(
      `${file} cannot be written (${whyOf(error)}), and calls of the last run are to be ended in it; ` +
        'free some disk, let this user write it, or end what else has it open.',
      { cause: error },
    );
  }
  return interrupted;
};

const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
