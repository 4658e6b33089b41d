/** Tokens that hold no more, in SQLite: single ones, and all that a person had at some time. */
import type { DatabaseSync } from 'node:sqlite';
import type { RevocationStore } from '../app/ports.ts';

export const createRevocationStore = (database: DatabaseSync): RevocationStore => {
  const one = database.prepare('SELECT 1 FROM revoked_tokens WHERE id = ?');
  const person = database.prepare('SELECT before FROM revoked_people WHERE user_id = ?');
  const addToken = database.prepare(
    'INSERT OR IGNORE INTO revoked_tokens (id, expires_at) VALUES (?, ?)',
  );
  const addPerson = database.prepare(
    `INSERT INTO revoked_people (user_id, before) VALUES (?, ?)
     ON CONFLICT (user_id) DO UPDATE SET before = MAX(before, excluded.before)`,
  );
  const forgetExpired = database.prepare('DELETE FROM revoked_tokens WHERE expires_at < ?');
  const version = database.prepare('PRAGMA data_version');

  return {
    isRevoked: ({ user, tokenId, issuedAt }) => {
      if (one.get(tokenId)) return true;
      const before = person.get(user.id)?.['before'];
      return typeof before === 'number' && issuedAt <= before;
    },
    revokeToken: ({ tokenId, expiresAt }, now) => {
      forgetExpired.run(now);
      addToken.run(tokenId, expiresAt);
    },
    revokePerson: (userId, now) => {
      addPerson.run(userId, now);
    },
    foreignChanges: () => Number(version.get()?.['data_version'] ?? 0),
  };
};
