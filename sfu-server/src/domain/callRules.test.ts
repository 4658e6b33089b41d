import { CallId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { recordOf } from './call.ts';
import type { CallEffect, CallOptions, CallState, Device } from './call.ts';
import { tracesOf } from './callHistory.ts';
import { nextDeadline, transition } from './callRules.ts';
import type { CallEvent } from './callRules.ts';
import { deviceOf, userOf } from './testing.ts';

const options: CallOptions = {
  ringMs: 45_000,
  graceMs: 15_000,
  ringingGraceMs: 5000,
  deliberateGraceMs: 3000,
  mediaTimeoutMs: 15_000,
  maxUnansweredInRow: 5,
};
const EPOCH = 1_700_000_000_000;

const device = (user: string, name: string): Device => ({
  userId: userOf(user).id,
  deviceId: deviceOf(name),
});
const ana = device('ana', 'ana-phone');
const bo = device('bo', 'bo-phone');
const boToo = device('bo', 'bo-laptop');

const ringing: CallState = {
  id: CallId.parse('call'),
  state: 'ringing',
  caller: userOf('ana'),
  callerDevice: ana.deviceId,
  callee: userOf('bo'),
  media: 'audio',
  placedAt: EPOCH,
  since: EPOCH,
  rang: new Set([bo.deviceId, boToo.deviceId]),
  ringDue: options.ringMs,
  expiresAt: EPOCH + options.ringMs,
  lost: { caller: null, callee: null },
};

/** Events at their times, one after another. */
const play = (...events: [ms: number, event: CallEvent][]) => {
  let call: CallState = ringing;
  let effects: readonly CallEffect[] = [];
  for (const [ms, event] of events) {
    ({ call, effects } = transition(call, event, { ms, at: EPOCH + ms }, options));
  }
  return { call, effects };
};

/** Who is told what, in short. */
const told = (effects: readonly CallEffect[]): string[] =>
  effects.flatMap((effect) => {
    if (effect.type !== 'tell') return [];
    const { to, notice } = effect;
    const detail =
      notice.name === 'call:end'
        ? ` ${notice.payload.reason}`
        : notice.name === 'call:reconnecting'
          ? ` ${String(notice.payload.deadlineMs)}`
          : '';
    return [`${to.deviceId.replace('device-', '')}: ${notice.name}${detail}`];
  });

const answer: [number, CallEvent] = [1000, { type: 'answer', by: bo }];
const gone = (who: Device, ms: number, last = true): [number, CallEvent] => [
  ms,
  { type: 'down', device: who, deliberate: false, last },
];

describe('a call that rings', () => {
  it('is answered once: the caller and the answering device are told, the others stop', () => {
    const { call, effects } = play(answer);
    expect(call).toMatchObject({ state: 'active', calleeDevice: bo.deviceId, since: EPOCH + 1000 });
    expect(told(effects)).toEqual([
      'ana-phone: call:answer',
      'bo-phone: call:answer',
      'bo-laptop: call:end answered_elsewhere',
    ]);
  });

  it.each<[string, [number, CallEvent], string, string]>([
    ['reject', [1, { type: 'reject', by: boToo }], 'rejected', 'call:rejected'],
    ['cancel', [1, { type: 'end', by: ana }], 'cancelled', 'call:end cancelled'],
    ['time', [options.ringMs, { type: 'tick' }], 'no_answer', 'call:no-answer'],
    [
      'a stop of the server',
      [1, { type: 'server_stops' }],
      'server_restart',
      'call:end server_restart',
    ],
  ])('ends by %s, for everyone who placed it or rang', (_by, event, reason, notice) => {
    const { call, effects } = play(event);
    expect(call).toMatchObject({ state: 'ended', reason, answeredAt: null });
    expect(nextDeadline(call)).toBeNull();
    expect(told(effects)).toEqual([
      `ana-phone: ${notice}`,
      `bo-phone: ${notice}`,
      `bo-laptop: ${notice}`,
    ]);
  });

  it('waits for a lost caller and for the callee’s last device, and ends where they stay away', () => {
    expect(told(play(gone(ana, 0)).effects)).toEqual([
      'bo-phone: call:reconnecting 5000',
      'bo-laptop: call:reconnecting 5000',
    ]);
    expect(play(gone(ana, 0), [4999, { type: 'tick' }]).call.state).toBe('ringing');
    expect(play(gone(ana, 0), [5000, { type: 'tick' }]).call).toMatchObject({
      reason: 'caller_gone',
    });
    expect(play(gone(bo, 0, false)).effects).toEqual([]);
    const left = play(gone(bo, 0, false), gone(boToo, 100));
    expect(told(left.effects)).toEqual(['ana-phone: call:reconnecting 5000']);
    const lost = play(gone(boToo, 100), [5100, { type: 'tick' }]).call;
    expect(lost).toMatchObject({ reason: 'connection_lost' });
    expect(tracesOf(recordOf(lost))[1]).toMatchObject({ direction: 'missed', seen: false });
  });

  it('ends for what was due first when a tick is late', () => {
    expect(play(gone(ana, 41_000), [60_000, { type: 'tick' }]).call).toMatchObject({
      reason: 'no_answer',
    });
    expect(play(gone(ana, 39_000), [60_000, { type: 'tick' }]).call).toMatchObject({
      reason: 'caller_gone',
    });
  });
});

describe('an active call', () => {
  it('is ended by either, and neither an answer nor a reject elsewhere changes it', () => {
    for (const by of [ana, bo]) {
      const { call, effects } = play(answer, [9000, { type: 'end', by }]);
      expect(call).toMatchObject({ reason: 'hangup', answeredAt: EPOCH + 1000 });
      expect(told(effects)).toEqual(['ana-phone: call:end hangup', 'bo-phone: call:end hangup']);
      expect(tracesOf(recordOf(call)).map(({ durationMs }) => durationMs)).toEqual([8000, 8000]);
    }
    for (const type of ['answer', 'reject', 'end'] as const) {
      expect(play(answer, [2000, { type, by: boToo }])).toMatchObject({
        call: { state: 'active' },
        effects: [],
      });
    }
  });

  it('waits longer than one that rings, and shorter after a deliberate close', () => {
    expect(told(play(answer, gone(bo, 2000)).effects)).toEqual([
      'ana-phone: call:reconnecting 15000',
    ]);
    const reload = play(answer, [
      2000,
      { type: 'down', device: ana, deliberate: true, last: true },
    ]);
    expect(told(reload.effects)).toEqual(['bo-phone: call:reconnecting 3000']);
    const back = play(answer, gone(bo, 2000), [9000, { type: 'up', device: bo }]);
    expect(told(back.effects)).toEqual(['ana-phone: call:reconnecting null']);
    expect(play(answer, gone(boToo, 2000)).effects).toEqual([]);
  });

  it('must have media in time, also after a return and a change of worker', () => {
    const none: CallEvent = { type: 'media', connected: false };
    expect(play(answer, [15_999, none]).call.state).toBe('active');
    expect(play(answer, [16_000, none]).call).toMatchObject({ reason: 'media_failed' });
    const fine = play(answer, [16_000, { type: 'media', connected: true }]).call;
    expect(nextDeadline(fine)).toBeNull();
    // A lost signal is judged by its grace.
    expect(play(answer, gone(bo, 15_000), [16_000, none]).call.state).toBe('active');
    const back = play(answer, gone(bo, 15_000), [15_500, { type: 'up', device: bo }]).call;
    expect(nextDeadline(back)).toBe(30_500);
    expect(nextDeadline(play(answer, [15_000, { type: 'media_moved' }]).call)).toBe(30_000);
    expect(play(answer, [2000, { type: 'media_gone' }]).call).toMatchObject({
      reason: 'media_failed',
    });
  });

  it('absorbs everything once it is over', () => {
    const over = play(answer, [2000, { type: 'end', by: ana }]).call;
    const events: CallEvent[] = [
      { type: 'answer', by: bo },
      { type: 'reject', by: bo },
      { type: 'end', by: bo },
      { type: 'tick' },
      { type: 'up', device: ana },
      { type: 'server_stops' },
    ];
    for (const event of events) {
      expect(transition(over, event, { ms: 99_999, at: EPOCH }, options)).toEqual({
        call: over,
        effects: [],
      });
    }
  });
});
