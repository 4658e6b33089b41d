import { CallId, CallOutcome, UserId, type HistoryEntry } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { callable } from './callable.ts';
import { endingOf, hintOf } from './callEnds.ts';
import { logStory } from './logWords.ts';

describe('the end of a call', () => {
  it.each(CallOutcome.options)('%s has words of its own for the caller', (reason) => {
    expect(endingOf('placed', reason).story).not.toBe('failed');
  });

  it('is a missed call to whoever did not answer', () => {
    expect(endingOf('received', 'cancelled').story).toBe('missed');
    expect(endingOf('placed', 'cancelled').story).toBe('cancelled');
    expect(endingOf('received', 'connection_lost').story).toBe('connection_lost');
  });

  it('offers another try only where it may help', () => {
    expect(endingOf('placed', 'busy').again).toBe(true);
    expect(endingOf('placed', 'self').again).toBe(false);
    expect(endingOf('placed', 'unsupported_browser').again).toBe(false);
  });

  it('has a hint where a word alone does not help', () => {
    expect(hintOf('busy')).toBe('busy');
    expect(hintOf('hangup')).toBeUndefined();
  });
});

describe('whether somebody can be called', () => {
  const free = { inCall: false, connection: 'online' } as const;

  it('lets the server decide about those who seem busy or offline', () => {
    expect(callable('online', free)).toEqual({ possible: true, remark: null });
    expect(callable('busy', free)).toEqual({ possible: true, remark: 'busy' });
    expect(callable('offline', free)).toEqual({ possible: true, remark: 'offline' });
  });

  it('does not let one call during a call or without a signal', () => {
    expect(callable('online', { ...free, inCall: true })).toEqual({
      possible: false,
      remark: 'in_call',
    });
    expect(callable('online', { ...free, connection: 'reconnecting' })).toEqual({
      possible: false,
      remark: 'no_signal',
    });
  });
});

describe('the list of calls', () => {
  const entry = (change: Partial<HistoryEntry>): HistoryEntry => ({
    callId: CallId.parse('call-1'),
    direction: 'placed',
    peer: { id: UserId.parse('bo'), name: 'Bo' },
    media: 'audio',
    at: 0,
    durationMs: 0,
    reason: 'hangup',
    seen: true,
    ...change,
  });

  it.each([
    [{ durationMs: 5000, reason: 'connection_lost' }, 'placed'],
    [{ reason: 'busy' }, 'wasBusy'],
    [{ reason: 'rejected' }, 'declined'],
    [{ direction: 'received', reason: 'rejected' }, 'youDeclined'],
    [{ direction: 'received', durationMs: 5000 }, 'received'],
    [{ direction: 'missed', reason: 'no_answer' }, 'missed'],
    [{ direction: 'missed', reason: 'busy' }, 'missedBusy'],
    [{ direction: 'missed', reason: 'offline' }, 'missedOffline'],
  ] as const)('says of %o: %s', (change, story) => {
    expect(logStory(entry(change))).toBe(story);
  });
});
