/** People in SQLite. */
import { User, UserId } from '@veche/protocol';
import type { DatabaseSync } from 'node:sqlite';
import type { PeopleStore } from '../app/ports.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { inTransaction } from './database.ts';

/** SQLite lowers ASCII only, so the name to sort and search by is made here. */
const sortName = (name: string): string => name.normalize('NFKC').toLowerCase();

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (it) => `\\${it}`);

export const createPeopleStore = (database: DatabaseSync): PeopleStore => {
  const one = database.prepare('SELECT id, name FROM people WHERE id = ?');
  const many = database.prepare(
    'SELECT id, name FROM people WHERE id IN (SELECT value FROM json_each(?))',
  );
  const upsert = database.prepare(
    `INSERT INTO people (id, name, sort_name, seen_at, tokens_until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name,
       seen_at = excluded.seen_at, tokens_until = max(tokens_until, excluded.tokens_until)`,
  );
  // Whoever can still sign in reads the names of those they called.
  const unreachable = database.prepare(
    `SELECT id FROM people WHERE tokens_until < ?1 AND NOT EXISTS (
       SELECT 1 FROM call_history JOIN people AS other ON other.id = call_history.user_id
       WHERE call_history.peer_id = people.id AND other.tokens_until >= ?1)
     LIMIT ?2`,
  );
  const removeHistory = database.prepare('DELETE FROM call_history WHERE user_id = ?');
  const remove = database.prepare('DELETE FROM people WHERE id = ?');
  const search = database.prepare(
    `SELECT id, name FROM people
     WHERE sort_name LIKE ? ESCAPE '\\' AND (sort_name, id) > (?, ?)
     ORDER BY sort_name, id LIMIT ?`,
  );

  return {
    get: (id) => {
      const row = one.get(id);
      return row && User.parse(row);
    },
    getMany: (ids) => many.all(JSON.stringify(ids)).map((row) => User.parse(row)),
    save: ({ id, name }, now, tokensUntil) => {
      upsert.run(id, name, sortName(name), now, tokensUntil);
    },
    forget: (before, limit) => {
      const ids = unreachable.all(before, limit).map((row) => UserId.parse(row['id']));
      if (ids.length === 0) return 0;
      inTransaction(database, () => {
        for (const id of ids) {
          removeHistory.run(id);
          remove.run(id);
        }
      });
      return ids.length;
    },
    search: (query, cursor, limit) => {
      const [afterName = '', afterId = ''] = readCursor(cursor);
      const rows = search.all(`%${escapeLike(sortName(query))}%`, afterName, afterId, limit + 1);
      const people = rows.slice(0, limit).map((row) => User.parse(row));
      const last = people.at(-1);
      return rows.length > limit && last
        ? { people, next: writeCursor(sortName(last.name), last.id) }
        : { people };
    },
  };
};
