/** People in SQLite. */
import { User } from '@veche/protocol';
import type { DatabaseSync } from 'node:sqlite';
import type { PeopleStore } from '../app/ports.ts';
import { readCursor, writeCursor } from './cursor.ts';

/** SQLite lowers ASCII only, so the name to sort and search by is made here. */
const sortName = (name: string): string => name.normalize('NFKC').toLowerCase();

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (it) => `\\${it}`);

export const createPeopleStore = (database: DatabaseSync): PeopleStore => {
  const one = database.prepare('SELECT id, name FROM people WHERE id = ?');
  const many = database.prepare(
    'SELECT id, name FROM people WHERE id IN (SELECT value FROM json_each(?))',
  );
  const upsert = database.prepare(
    `INSERT INTO people (id, name, sort_name, seen_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name,
       seen_at = excluded.seen_at`,
  );
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
    save: ({ id, name }, now) => {
      upsert.run(id, name, sortName(name), now);
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
