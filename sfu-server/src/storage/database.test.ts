import { expect, it } from 'vitest';
import { inTransaction, openDatabase } from './database.ts';

it('says that the disk is full where it is, and nothing of what was begun stays', () => {
  const database = openDatabase(':memory:');
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() ?? {};
  database.exec(`PRAGMA max_page_count = ${String(pages)}`);
  const save = database.prepare('INSERT INTO people VALUES (?, ?, ?, 0, 0)');
  expect(() => {
    inTransaction(database, () => {
      save.run('ana', 'Ana', 'ana');
      save.run('bo', 'Bo'.repeat(50_000), 'bo');
    });
  }).toThrow('database or disk is full');
  expect(database.prepare('SELECT id FROM people').all()).toEqual([]);
  // And the next one is not kept from what it does.
  inTransaction(database, () => save.run('ana', 'Ana', 'ana'));
  expect(database.prepare('SELECT id FROM people').all()).toEqual([{ id: 'ana' }]);
});
