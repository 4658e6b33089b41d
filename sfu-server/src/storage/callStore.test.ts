import { CallId, DeviceId, UserId } from '@veche/protocol';
import type { CallStore } from '../app/ports.ts';
import type { CallRecord } from '../domain/call.ts';
import { beforeEach, expect, it } from 'vitest';
import { createCallStore } from './callStore.ts';
import { openDatabase } from './database.ts';

const ana = { id: UserId.parse('user-ana'), name: '' };
const bo = { id: UserId.parse('user-bo'), name: '' };

let store: CallStore;
beforeEach(() => {
  store = createCallStore(openDatabase(':memory:'));
});

const call = (index: number, over: Partial<CallRecord> = {}): CallRecord => ({
  id: CallId.parse(`call-${String(index).padStart(5, '0')}`),
  caller: ana,
  callerDevice: DeviceId.parse('device-ana'),
  callee: bo,
  calleeDevice: null,
  rang: [DeviceId.parse('device-bo')],
  media: 'video',
  placedAt: 1000 + index,
  answeredAt: null,
  ended: null,
  ...over,
});
const missed = (index: number): CallRecord =>
  call(index, { ended: { at: 2000 + index, outcome: 'no_answer' } });

it('keeps a call for the next start as long as it is live', () => {
  store.write(call(1));
  const answered = call(1, { calleeDevice: DeviceId.parse('device-bo'), answeredAt: 1500 });
  store.write(answered);
  store.write(call(2));
  expect(store.live()).toEqual([answered, call(2)]);
  expect(store.past(ana.id, answered.id)).toBeUndefined();
  store.write({ ...answered, ended: { at: 4500, outcome: 'hangup' } });
  expect(store.live()).toEqual([call(2)]);
  expect(store.past(bo.id, answered.id)).toMatchObject({
    state: 'ended',
    reason: 'hangup',
    caller: ana,
    callee: bo,
    since: 4500,
  });
  expect(store.past(UserId.parse('somebody'), answered.id)).toBeUndefined();
  expect(store.history(bo.id, undefined).entries).toMatchObject([
    { callId: answered.id, durationMs: 3000, seen: true },
  ]);
});

it('keeps the newest thousand of each person', () => {
  for (let index = 0; index < 1005; index++) store.write(missed(index));
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const { entries, next } = store.history(bo.id, cursor);
    all.push(...entries.map(({ callId }) => callId));
    cursor = next;
  } while (cursor !== undefined);
  const newest = Array.from({ length: 1000 }, (_, index) => missed(1004 - index).id);
  expect(all).toEqual(newest);
  expect(store.countUnseen(bo.id)).toBe(1000);
  expect(store.countUnseen(ana.id)).toBe(0);
  store.markSeen(bo.id);
  expect(store.countUnseen(bo.id)).toBe(0);
});
