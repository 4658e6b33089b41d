/** Rooms in SQLite. */
import { Role, RoomId, RoomMode, RoomVisibility, UserId } from '@veche/protocol';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { RoomStore } from '../app/ports.ts';
import type { RoomRecord } from '../domain/room.ts';
import { inTransaction } from './database.ts';

const Row = z.object({
  id: RoomId,
  name: z.string(),
  visibility: RoomVisibility,
  password_hash: z.nullable(z.string()),
  locked: z.number(),
  mode: RoomMode,
  max_participants: z.number(),
  created_by: UserId,
  created_at: z.number(),
});
const RoleRow = z.object({ user_id: UserId, role: Role });
const BanRow = z.object({ user_id: UserId, until: z.number() });
const CountRow = z.object({ count: z.number() });

/** Most rooms that one listing shows of all that there are, besides one's own. */
const MAX_LISTED = 200;

export const createRoomStore = (database: DatabaseSync): RoomStore => {
  const one = database.prepare('SELECT * FROM rooms WHERE id = ?');
  const visible = database.prepare(
    `SELECT * FROM rooms WHERE created_by = ? OR id IN (
       SELECT id FROM rooms WHERE visibility = 'listed'
       ORDER BY created_at DESC, id LIMIT ${MAX_LISTED})
     ORDER BY created_at DESC, id`,
  );
  const count = database.prepare('SELECT count(*) AS count FROM rooms WHERE created_by = ?');
  const roles = database.prepare('SELECT user_id, role FROM room_roles WHERE room_id = ?');
  const bans = database.prepare('SELECT user_id, until FROM room_bans WHERE room_id = ?');
  const upsert = database.prepare(
    `INSERT INTO rooms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, visibility = excluded.visibility,
       password_hash = excluded.password_hash, locked = excluded.locked, mode = excluded.mode,
       max_participants = excluded.max_participants`,
  );
  const clearRoles = database.prepare('DELETE FROM room_roles WHERE room_id = ?');
  const addRole = database.prepare('INSERT INTO room_roles VALUES (?, ?, ?)');
  const clearBans = database.prepare('DELETE FROM room_bans WHERE room_id = ?');
  const addBan = database.prepare('INSERT INTO room_bans VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM rooms WHERE id = ?');

  const read = (raw: unknown): RoomRecord => {
    const row = Row.parse(raw);
    return {
      id: row.id,
      name: row.name,
      visibility: row.visibility,
      passwordHash: row.password_hash,
      locked: row.locked === 1,
      mode: row.mode,
      maxParticipants: row.max_participants,
      createdBy: row.created_by,
      createdAt: row.created_at,
      roles: new Map(
        roles.all(row.id).map((it) => {
          const { user_id, role } = RoleRow.parse(it);
          return [user_id, role];
        }),
      ),
      bans: new Map(
        bans.all(row.id).map((it) => {
          const { user_id, until } = BanRow.parse(it);
          return [user_id, until];
        }),
      ),
    };
  };

  return {
    get: (id) => {
      const row = one.get(id);
      return row && read(row);
    },
    visibleTo: (userId) => visible.all(userId).map(read),
    countCreatedBy: (userId) => CountRow.parse(count.get(userId)).count,
    save: (record) => {
      inTransaction(database, () => {
        upsert.run(
          record.id,
          record.name,
          record.visibility,
          record.passwordHash,
          record.locked ? 1 : 0,
          record.mode,
          record.maxParticipants,
          record.createdBy,
          record.createdAt,
        );
        clearRoles.run(record.id);
        for (const [userId, role] of record.roles) addRole.run(record.id, userId, role);
        clearBans.run(record.id);
        for (const [userId, until] of record.bans) addBan.run(record.id, userId, until);
      });
    },
    delete: (id) => {
      remove.run(id);
    },
  };
};
