/** Everything that is kept, opened for one server. */
import type { DatabaseSync } from 'node:sqlite';
import { loadSecret, SecretError } from './identity/secret.ts';
import { StartError } from './startError.ts';
import { lockData } from './storage/dataLock.ts';
import { openDatabase } from './storage/database.ts';

interface Data {
  readonly database: DatabaseSync;
  /** Signs tokens. */
  readonly secret: Uint8Array;
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
    const secret = loadSecret(directory);
    return {
      database,
      secret,
      close: () => {
        database.close();
        unlock();
      },
    };
  } catch (error) {
    if (error instanceof StartError || error instanceof SecretError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`The data in ${directory} (DATA_DIR) cannot be used: ${why}.`, {
      cause: error,
    });
  }
};
