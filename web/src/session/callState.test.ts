import { Call, CallId, User } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { offered, placing, step, takenUp, type CallEvent, type CallState } from './callState.ts';
import { notice } from './testing/snapshots.ts';

const me = User.parse({ id: 'user-me', name: 'Ana' });
const bo = User.parse({ id: 'user-bo', name: 'Bo' });
const id = CallId.parse('call-1');
const now = 100_000;

const call = (state: Call['state'], more: object = {}): Call =>
  Call.parse({ id, state, caller: me, callee: bo, media: 'video', since: now, ...more });
const placed: CallEvent = { name: 'placed', callId: id };
const answer = notice('call:answer', { callId: id, call: call('active') });
const rejected = notice('call:rejected', { callId: id });
const end = (reason: 'hangup' | 'cancelled' | 'answered_elsewhere', callId = 'call-1') =>
  notice('call:end', { callId, reason });
const offer = (callId = 'call-1') =>
  notice('call:offer', { callId, from: bo, media: 'audio', expiresAt: now + 30_000 });

const after = (state: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((current, event) => step(current, event, now), state);
const mine = (...events: CallEvent[]) => after(placing(bo, 'video'), ...events);
const rung = (...events: CallEvent[]) => after(offered(offer().payload), ...events);

describe('a call that was placed', () => {
  it('rings, is answered and ends', () => {
    expect(mine().status).toEqual({ phase: 'placing' });
    expect(mine(placed)).toMatchObject({ callId: id, status: { phase: 'ringing' } });
    expect(mine(placed, answer).status).toEqual({ phase: 'active', since: now });
    const over = step(mine(placed, answer), end('hangup'), now + 5000);
    expect(over.status).toEqual({ phase: 'ended', reason: 'hangup', durationMs: 5000 });
  });

  it.each([
    [rejected, 'rejected'],
    [notice('call:no-answer', { callId: id }), 'no_answer'],
    [notice('call:busy', { callId: id, userId: 'user-bo', party: 'callee', message: '' }), 'busy'],
    [
      notice('call:busy', { callId: id, userId: 'user-me', party: 'caller', message: '' }),
      'caller_busy',
    ],
    [notice('call:error', { callId: id, code: 'offline', message: '' }), 'offline'],
    [notice('call:error', { callId: id, code: 'self', message: '' }), 'self'],
    [notice('call:error', { callId: id, code: 'server_restart', message: '' }), 'server_restart'],
    [notice('call:end', { callId: id, reason: 'media_failed' }), 'media_failed'],
  ] as const)('ends for one reason whether %o comes after the ack or before it', (last, reason) => {
    const status = { phase: 'ended', reason, durationMs: 0 };
    expect(mine(placed, last).status).toEqual(status);
    expect(mine(last, placed).status).toEqual(status);
  });

  it('is active when the answer comes before the ack', () => {
    expect(mine(answer, placed)).toMatchObject({ callId: id, status: { phase: 'active' } });
  });

  it('keeps what comes early in its order', () => {
    expect(mine(notice('call:end', { callId: 'other', reason: 'hangup' }), placed)).toMatchObject({
      callId: id,
      status: { phase: 'ringing' },
      early: [],
    });
    const lost = notice('call:reconnecting', { callId: id, userId: 'user-bo', deadlineMs: 5000 });
    const back = notice('call:reconnecting', { callId: id, userId: 'user-bo', deadlineMs: null });
    expect(mine(lost, back, placed).peerLost).toBeNull();
    expect(mine(back, lost, placed).peerLost).toEqual({ deadlineAt: now + 5000 });
  });

  it('is the call of the other when each called the other', () => {
    const theirs = notice('call:answer', {
      callId: 'call-2',
      call: call('active', { id: 'call-2', caller: bo, callee: me }),
    });
    const one = { callId: 'call-2', direction: 'placed', status: { phase: 'active' } };
    expect(mine(theirs)).toMatchObject(one);
    expect(mine(theirs, { name: 'placed', callId: CallId.parse('call-2') })).toMatchObject(one);
    expect(mine(placed, theirs)).toMatchObject(one);
  });

  it('does not become a call with somebody else', () => {
    const theirs = notice('call:answer', {
      callId: 'call-2',
      call: call('active', { id: 'call-2', callee: { id: 'user-cy', name: 'Cy' } }),
    });
    const strange = notice('call:answer', {
      callId: 'call-3',
      call: call('active', { id: 'call-3', caller: { id: 'user-cy', name: 'Cy' }, callee: me }),
    });
    expect(mine(strange, placed)).toMatchObject({ callId: id, status: { phase: 'ringing' } });
    expect(mine(placed, strange, theirs)).toMatchObject({ callId: id });
  });
});

describe('a call that came', () => {
  it('rings until the time of the offer and is answered', () => {
    expect(rung().status).toEqual({ phase: 'ringing', expiresAt: now + 30_000 });
    const answering = rung({ name: 'answering' });
    expect(answering.status).toEqual({ phase: 'answering' });
    expect(after(answering, { name: 'told', call: call('active') }).status.phase).toBe('active');
    expect(after(answering, answer).status.phase).toBe('active');
  });

  it.each(['cancelled', 'answered_elsewhere'] as const)('stops with %s', (reason) => {
    expect(rung(end(reason)).status).toEqual({ phase: 'ended', reason, durationMs: 0 });
    expect(rung({ name: 'answering' }, end(reason)).status).toMatchObject({ reason });
  });

  it('is taken only while it rings', () => {
    expect(mine(placed, { name: 'answering' }).status.phase).toBe('ringing');
    expect(rung(answer, { name: 'answering' }).status.phase).toBe('active');
  });

  it('is told why it was over before it was taken', () => {
    const late = call('ended', { reason: 'answered_elsewhere' });
    expect(rung({ name: 'answering' }, { name: 'told', call: late }).status).toMatchObject({
      reason: 'answered_elsewhere',
    });
  });
});

describe('what changes nothing', () => {
  it('are notices of other calls', () => {
    const active = mine(placed, answer);
    expect(after(active, end('hangup', 'other'), offer('other'))).toBe(active);
    const ringing = rung();
    expect(after(ringing, notice('call:rejected', { callId: 'other' }))).toBe(ringing);
  });

  it('are doubled and late ones', () => {
    const active = mine(placed, answer);
    expect(after(active, answer, offer(), placed)).toBe(active);
    expect(after(active, { name: 'told', call: call('ringing') })).toBe(active);
  });

  it('is anything after the end', () => {
    const over = mine(placed, rejected);
    const all = [end('hangup'), answer, offer(), { name: 'over', reason: 'replaced' } as const];
    expect(after(over, ...all)).toBe(over);
  });

  it('is the own lost signal', () => {
    const own = notice('call:reconnecting', { callId: id, userId: 'user-me', deadlineMs: 100 });
    const active = mine(placed, answer);
    expect(after(active, own)).toBe(active);
  });
});

describe('after a reconnect or a reload', () => {
  it('learns that it was answered or ended meanwhile', () => {
    const active = call('active', { since: now - 3000 });
    expect(mine(placed, { name: 'told', call: active }).status).toEqual({
      phase: 'active',
      since: now - 3000,
    });
    const over = call('ended', { reason: 'no_answer' });
    expect(mine(placed, { name: 'told', call: over }).status).toMatchObject({
      reason: 'no_answer',
    });
  });

  it('is told anew whether the other is lost', () => {
    const lost = notice('call:reconnecting', { callId: id, userId: 'user-bo', deadlineMs: 5000 });
    const active = mine(placed, answer, lost);
    expect(active.peerLost).not.toBeNull();
    expect(after(active, { name: 'told', call: call('active') }).peerLost).not.toBeNull();
    expect(after(active, { name: 'found', call: call('active') }).peerLost).toBeNull();
  });

  it('takes up what the server knows', () => {
    expect(takenUp(call('active'), me, now)).toMatchObject({
      callId: id,
      direction: 'placed',
      peer: bo,
      status: { phase: 'active', since: now },
    });
    expect(takenUp(call('ringing'), bo, now)).toMatchObject({
      direction: 'received',
      peer: me,
      status: { phase: 'ringing', expiresAt: now + 45_000 },
    });
  });

  it('rings until the time that a new offer tells', () => {
    const ringing = takenUp(call('ringing', { caller: bo, callee: me }), me, now);
    expect(after(ringing, offer()).status).toEqual({ phase: 'ringing', expiresAt: now + 30_000 });
  });
});
