import { CallId, UserId, type HistoryEntry } from '@veche/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { Observable, type CallSession } from '../session/index.ts';
import { CallLog } from './callLog.ts';

const missed: HistoryEntry = {
  callId: CallId.parse('call-1'),
  direction: 'missed',
  peer: { id: UserId.parse('bo'), name: 'Bo' },
  media: 'audio',
  at: 0,
  durationMs: 0,
  reason: 'no_answer',
  seen: false,
};

let missedCalls: Observable<number>;
let log: CallLog;
const listCalls = vi.fn(() => Promise.resolve({ entries: [missed] }));
const markCallsSeen = vi.fn(() => {
  missedCalls.set(0);
  return Promise.resolve();
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.clearAllMocks();
  missedCalls = new Observable(1);
  const call = new Observable<CallSession | null>(null);
  log = new CallLog({ listCalls, missedCalls, markCallsSeen, call });
});

it('shows missed calls as new, and marks them seen', async () => {
  await log.look();
  expect(log.list.current).toEqual({ phase: 'ready', items: [missed], rest: 'none' });
  expect(markCallsSeen).toHaveBeenCalledOnce();
  listCalls.mockResolvedValueOnce({ entries: [{ ...missed, seen: true }] });
  await log.look();
  expect(log.list.current).toMatchObject({ items: [missed] });
  expect(markCallsSeen).toHaveBeenCalledOnce();
});

it('looks again when another call was missed meanwhile', async () => {
  await log.look();
  const stop = log.watch();
  missedCalls.set(1);
  await settled();
  expect(listCalls).toHaveBeenCalledTimes(2);
  expect(missedCalls.current).toBe(0);
  stop();
  missedCalls.set(2);
  await settled();
  expect(listCalls).toHaveBeenCalledTimes(2);
});

it('does not mark what could not be shown', async () => {
  listCalls.mockRejectedValueOnce(new Error('no signal'));
  await log.look();
  expect(markCallsSeen).not.toHaveBeenCalled();
});
