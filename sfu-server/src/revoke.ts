/**
 * Takes all tokens of a person away: `npm run revoke -- USERID`. A server that runs on the same data
 * ends their connections within `signalling.watchMs`.
 */
import { UserId } from '@veche/protocol';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from './config/load.ts';
import { DATABASE_FILE, openDatabase } from './storage/database.ts';
import { createPeopleStore } from './storage/peopleStore.ts';
import { createRevocationStore } from './storage/revocationStore.ts';
import { systemClock } from './system.ts';

const revoke = (text: string): string => {
  const { data } = loadSettings(process.env);
  // To open it would make it, and then of course nobody has the id.
  if (!existsSync(join(data.directory, DATABASE_FILE))) {
    throw new Error(`DATA_DIR: there is no data of a server in ${data.directory}`);
  }
  const database = openDatabase(data.directory);
  try {
    const userId = UserId.safeParse(text);
    const user = userId.success ? createPeopleStore(database).get(userId.data) : undefined;
    if (!user) throw new Error(`nobody has the id ${text}`);
    createRevocationStore(database).revokePerson(user.id, systemClock.now());
    return `All tokens that ${user.name} (${user.id}) had hold no more.`;
  } finally {
    database.close();
  }
};

const [id] = process.argv.slice(2);
if (id === undefined) {
  process.stderr.write('usage: npm run revoke -- USERID\n');
  process.exit(2);
}
try {
  process.stdout.write(`${revoke(id)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
