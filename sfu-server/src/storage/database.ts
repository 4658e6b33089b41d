/** The one SQLite file. Its schema grows by numbered steps, each run once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const STEPS: readonly string[] = [
  `CREATE TABLE people (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     sort_name TEXT NOT NULL,
     seen_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX people_by_name ON people (sort_name, id);
   CREATE TABLE rooms (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     visibility TEXT NOT NULL CHECK (visibility IN ('listed', 'unlisted')),
     password_hash TEXT,
     locked INTEGER NOT NULL,
     mode TEXT NOT NULL CHECK (mode IN ('open', 'stage')),
     max_participants INTEGER NOT NULL,
     created_by TEXT NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX rooms_by_creator ON rooms (created_by);
   CREATE TABLE room_roles (
     room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
     user_id TEXT NOT NULL,
     role TEXT NOT NULL CHECK (role IN ('moderator', 'speaker', 'listener')),
     PRIMARY KEY (room_id, user_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE room_bans (
     room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
     user_id TEXT NOT NULL,
     until INTEGER NOT NULL,
     PRIMARY KEY (room_id, user_id)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE live_calls (
     id TEXT PRIMARY KEY,
     caller_id TEXT NOT NULL,
     caller_device TEXT NOT NULL,
     callee_id TEXT NOT NULL,
     callee_device TEXT,
     rang TEXT NOT NULL,
     media TEXT NOT NULL CHECK (media IN ('audio', 'video')),
     placed_at INTEGER NOT NULL,
     answered_at INTEGER
   ) STRICT;
   CREATE TABLE call_history (
     user_id TEXT NOT NULL,
     call_id TEXT NOT NULL,
     direction TEXT NOT NULL CHECK (direction IN ('placed', 'received', 'missed')),
     peer_id TEXT NOT NULL,
     media TEXT NOT NULL CHECK (media IN ('audio', 'video')),
     at INTEGER NOT NULL,
     ended_at INTEGER NOT NULL,
     duration_ms INTEGER NOT NULL,
     reason TEXT NOT NULL,
     seen INTEGER NOT NULL,
     PRIMARY KEY (user_id, call_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX call_history_by_time ON call_history (user_id, at DESC, call_id DESC);
   CREATE INDEX call_history_unseen ON call_history (user_id) WHERE seen = 0;`,
  `CREATE TABLE revoked_tokens (
     id TEXT PRIMARY KEY,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE revoked_people (
     user_id TEXT PRIMARY KEY,
     before INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // Of those from before this step it is not known: longer than any token can last.
  `ALTER TABLE people ADD COLUMN tokens_until INTEGER NOT NULL DEFAULT 0;
   UPDATE people SET tokens_until = seen_at + ${3650 * 24 * 3600 * 1000};
   CREATE INDEX people_by_tokens ON people (tokens_until);
   CREATE INDEX call_history_by_peer ON call_history (peer_id);`,
];

export const DATABASE_FILE = 'veche.sqlite';

/** How long a write waits at most for another program that writes, ms. */
const PATIENCE_MS = 2000;
/** The same while people are served: all of them, and the sound of large rooms, would wait with it. */
const PATIENCE_SERVING_MS = 50;

/** @param directory of the data, made if need be; ':memory:' keeps nothing */
export const openDatabase = (directory: string): DatabaseSync => {
  const inMemory = directory === ':memory:';
  if (!inMemory) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(inMemory ? directory : join(directory, DATABASE_FILE));
  beForbearing(database, PATIENCE_MS);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;',
  );
  migrate(database);
  return database;
};

/** From now on nobody is held up for long by another program that has the file open. */
export const serveFrom = (database: DatabaseSync): void => {
  beForbearing(database, PATIENCE_SERVING_MS);
};

const beForbearing = (database: DatabaseSync, ms: number): void => {
  database.exec(`PRAGMA busy_timeout = ${ms}`);
};

const migrate = (database: DatabaseSync): void => {
  const done = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (done > STEPS.length) {
    throw new Error(
      `the data was written by a newer Veche (schema ${done}, this one knows ${STEPS.length})`,
    );
  }
  STEPS.slice(done).forEach((step, index) => {
    inTransaction(database, () => {
      database.exec(step);
      database.exec(`PRAGMA user_version = ${done + index + 1}`);
    });
  });
};

export const inTransaction = (database: DatabaseSync, work: () => void): void => {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // On a full disk it is rolled back already; to do it again would fail, and hide why.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
