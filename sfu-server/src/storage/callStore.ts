/** Calls in SQLite: the live ones, for the next start, and everybody's history. */
import { CallId, CallMedia, CallOutcome, DeviceId, HistoryEntry, UserId } from '@veche/protocol';
import type { User } from '@veche/protocol';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { CallStore } from '../app/ports.ts';
import type { CallRecord } from '../domain/call.ts';
import { tracesOf } from '../domain/callHistory.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { inTransaction } from './database.ts';

/** Entries of one page. */
const PAGE = 50;
/** The oldest of more are deleted. */
const MAX_ENTRIES_PER_USER = 1000;

const LiveRow = z.object({
  id: CallId,
  caller_id: UserId,
  caller_name: z.string(),
  caller_device: DeviceId,
  callee_id: UserId,
  callee_name: z.string(),
  callee_device: z.nullable(DeviceId),
  rang: z.string(),
  media: CallMedia,
  placed_at: z.number(),
  answered_at: z.nullable(z.number()),
});
const Rang = z.array(DeviceId);

const HistoryRow = z.object({
  call_id: CallId,
  direction: HistoryEntry.shape.direction,
  peer_id: UserId,
  peer_name: z.string(),
  own_name: z.string(),
  media: CallMedia,
  at: z.number(),
  ended_at: z.number(),
  duration_ms: z.number(),
  reason: CallOutcome,
  seen: z.number(),
});
const CountRow = z.object({ count: z.number() });

const nameOf = (column: string): string =>
  `coalesce((SELECT name FROM people WHERE id = ${column}), '')`;
const HISTORY = `SELECT *, ${nameOf('peer_id')} AS peer_name, ${nameOf('user_id')} AS own_name
  FROM call_history WHERE user_id = ?`;

export const createCallStore = (database: DatabaseSync): CallStore => {
  const upsertLive = database.prepare(
    `INSERT INTO live_calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET callee_device = excluded.callee_device, rang = excluded.rang,
       answered_at = excluded.answered_at`,
  );
  const allLive = database.prepare(
    `SELECT *, ${nameOf('caller_id')} AS caller_name, ${nameOf('callee_id')} AS callee_name
     FROM live_calls`,
  );
  const removeLive = database.prepare('DELETE FROM live_calls WHERE id = ?');
  const add = database.prepare(
    'INSERT OR REPLACE INTO call_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const trim = database.prepare(
    `DELETE FROM call_history WHERE user_id = ?1 AND (at, call_id) <= (
       SELECT at, call_id FROM call_history WHERE user_id = ?1
       ORDER BY at DESC, call_id DESC LIMIT 1 OFFSET ${MAX_ENTRIES_PER_USER})`,
  );
  const one = database.prepare(`${HISTORY} AND call_id = ?`);
  const page = database.prepare(
    `${HISTORY} AND (at, call_id) < (?, ?) ORDER BY at DESC, call_id DESC LIMIT ${PAGE + 1}`,
  );
  const see = database.prepare('UPDATE call_history SET seen = 1 WHERE user_id = ? AND seen = 0');
  const unseen = database.prepare(
    'SELECT count(*) AS count FROM call_history WHERE user_id = ? AND seen = 0',
  );

  const writeLive = (record: CallRecord): void => {
    upsertLive.run(
      record.id,
      record.caller.id,
      record.callerDevice,
      record.callee.id,
      record.calleeDevice,
      JSON.stringify(record.rang),
      record.media,
      record.placedAt,
      record.answeredAt,
    );
  };
  const writeEnded = (record: CallRecord, endedAt: number): void => {
    removeLive.run(record.id);
    for (const { userId, peerId, direction, durationMs, outcome, seen } of tracesOf(record)) {
      const { id, media, placedAt } = record;
      const times = [placedAt, endedAt, durationMs];
      add.run(userId, id, direction, peerId, media, ...times, outcome, seen ? 1 : 0);
      trim.run(userId);
    }
  };

  return {
    write: (record) => {
      const { ended } = record;
      if (!ended) writeLive(record);
      else
        inTransaction(database, () => {
          writeEnded(record, ended.at);
        });
    },
    live: () => allLive.all().map(readLive),
    past: (userId, callId) => {
      const raw = one.get(userId, callId);
      if (!raw) return undefined;
      const row = HistoryRow.parse(raw);
      // Attempts that were not placed were never calls.
      if (row.reason === 'busy' || row.reason === 'offline') return undefined;
      const own: User = { id: userId, name: row.own_name };
      const peer: User = { id: row.peer_id, name: row.peer_name };
      const placed = row.direction === 'placed';
      return {
        id: callId,
        state: 'ended',
        caller: placed ? own : peer,
        callee: placed ? peer : own,
        media: row.media,
        since: row.ended_at,
        reason: row.reason,
      };
    },
    history: (userId, cursor) => {
      const [at = String(Number.MAX_SAFE_INTEGER), callId = ''] = readCursor(cursor);
      const rows = page.all(userId, Number(at), callId).map((row) => HistoryRow.parse(row));
      const shown = rows.slice(0, PAGE);
      const last = shown.at(-1);
      return {
        entries: shown.map(describe),
        ...(rows.length > PAGE && last ? { next: writeCursor(String(last.at), last.call_id) } : {}),
      };
    },
    markSeen: (userId) => {
      see.run(userId);
    },
    countUnseen: (userId) => CountRow.parse(unseen.get(userId)).count,
  };
};

const readLive = (raw: unknown): CallRecord => {
  const row = LiveRow.parse(raw);
  return {
    id: row.id,
    caller: { id: row.caller_id, name: row.caller_name },
    callerDevice: row.caller_device,
    callee: { id: row.callee_id, name: row.callee_name },
    calleeDevice: row.callee_device,
    rang: Rang.parse(JSON.parse(row.rang)),
    media: row.media,
    placedAt: row.placed_at,
    answeredAt: row.answered_at,
    ended: null,
  };
};

const describe = (row: z.output<typeof HistoryRow>): HistoryEntry => ({
  callId: row.call_id,
  direction: row.direction,
  peer: { id: row.peer_id, name: row.peer_name },
  media: row.media,
  at: row.at,
  durationMs: row.duration_ms,
  reason: row.reason,
  seen: row.seen === 1,
});
