/**
 * How a call goes from ringing over active to ended: one pure function, time as an argument.
 *
 *   ringing --answer--> active --end, grace over, no media--> ended
 *      \--reject, cancel, no answer, grace over-------------> ended
 */
import type { CallEndReason } from '@veche/protocol';
import {
  answeredAt,
  answererOf,
  callerOf,
  describeCall,
  isSame,
  placedOf,
  recordOf,
  ringingDevicesOf,
  sideOf,
} from './call.ts';
import type {
  ActiveCall,
  CallEffect,
  CallNotice,
  CallOptions,
  CallState,
  Device,
  EndedCall,
  LiveCall,
  Now,
  RingingCall,
  Side,
} from './call.ts';
import { endNotice, logFields, lossTo, offerTo, reconnecting, tell } from './callEffects.ts';
import { Refusal } from './refusal.ts';

export type CallEvent =
  | { readonly type: 'answer' | 'reject' | 'end'; readonly by: Device }
  /** A device is disconnected; `last`: its user has no other that is connected. */
  | {
      readonly type: 'down';
      readonly device: Device;
      readonly deliberate: boolean;
      readonly last: boolean;
    }
  | { readonly type: 'up'; readonly device: Device }
  | { readonly type: 'tick' }
  /** Whether each side has a connected transport, asked for when that is due. */
  | { readonly type: 'media'; readonly connected: boolean }
  /** The media was moved to another worker: all of it is built again. */
  | { readonly type: 'media_moved' }
  /** There is no worker for it any more. */
  | { readonly type: 'media_gone' }
  /** The caller, or one who talks, has no right to be here any more; connected or not. */
  | { readonly type: 'expelled' }
  | { readonly type: 'server_stops' };

export interface CallStep {
  readonly call: CallState;
  readonly effects: readonly CallEffect[];
}

/** @throws Refusal INVALID_STATE for what this device cannot do in this call */
export const transition = (
  call: CallState,
  event: CallEvent,
  now: Now,
  options: CallOptions,
): CallStep => {
  switch (call.state) {
    case 'ringing':
      return whileRinging(call, event, now, options);
    case 'active':
      return whileActive(call, event, now, options);
    case 'ended':
      return unchanged(call);
  }
};

/** When a tick or a look at the media is due next; a live call that rings always has such a time. */
export const nextDeadline = (call: CallState): number | null => {
  if (call.state === 'ended') return null;
  const times = [
    call.state === 'ringing' ? call.ringDue : call.mediaDue,
    call.lost.caller,
    call.lost.callee,
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
};

const whileRinging = (
  call: RingingCall,
  event: CallEvent,
  now: Now,
  options: CallOptions,
): CallStep => {
  switch (event.type) {
    case 'answer':
      requireCallee(call, event.by, 'you placed this call');
      return answer(call, event.by, now, options);
    case 'reject':
      requireCallee(call, event.by, 'you placed this call; end it');
      return finish(call, 'rejected', now);
    case 'end':
      if (event.by.userId === call.callee.id) throw wrongMoment('it rings here; reject it');
      if (!isSame(event.by, callerOf(call))) throw wrongMoment('another of your devices placed it');
      return finish(call, 'cancelled', now);
    case 'down': {
      const { device, deliberate, last } = event;
      const callee = device.userId === call.callee.id;
      if (callee ? !last : !isSame(device, callerOf(call))) return unchanged(call);
      const graceMs = graceOf(options.ringingGraceMs, deliberate, options);
      return lose(call, callee ? 'callee' : 'caller', graceMs, now, options);
    }
    case 'up':
      if (event.device.userId === call.callee.id) return ringAlso(call, event.device, now);
      if (!isSame(event.device, callerOf(call))) return unchanged(call);
      return regain(call, 'caller', event.device, now);
    case 'tick':
      return overdue(call, now);
    case 'expelled':
      return finish(call, 'cancelled', now);
    case 'server_stops':
      return finish(call, 'server_restart', now);
    case 'media':
    case 'media_moved':
    case 'media_gone':
      return unchanged(call);
  }
};

const whileActive = (
  call: ActiveCall,
  event: CallEvent,
  now: Now,
  options: CallOptions,
): CallStep => {
  switch (event.type) {
    case 'answer':
      requireCallee(call, event.by, 'you placed this call');
      return unchanged(call);
    case 'reject':
      return unchanged(call);
    case 'end':
      if (sideOf(call, event.by) !== null) return finish(call, 'hangup', now);
      // To the callee's other devices it is over already.
      if (event.by.userId === call.callee.id) return unchanged(call);
      throw wrongMoment('this call is on another of your devices');
    case 'down': {
      const side = sideOf(call, event.device);
      if (side === null) return unchanged(call);
      const graceMs = graceOf(options.graceMs, event.deliberate, options);
      return lose(call, side, graceMs, now, options);
    }
    case 'up': {
      const side = sideOf(call, event.device);
      if (side === null) return unchanged(call);
      // The page may have been loaded anew, and then has to build its media again.
      const rebuilding = { ...call, mediaDue: now.ms + options.mediaTimeoutMs };
      return regain(rebuilding, side, event.device, now);
    }
    case 'tick':
      return overdue(call, now);
    case 'media':
      return withMedia(call, event.connected, now, options);
    case 'media_moved':
      return unchanged({ ...call, mediaDue: now.ms + options.mediaTimeoutMs });
    case 'expelled':
      return finish(call, 'hangup', now);
    case 'media_gone':
      return finish(call, 'media_failed', now);
    case 'server_stops':
      return finish(call, 'server_restart', now);
  }
};

const unchanged = (call: CallState): CallStep => ({ call, effects: [] });

const wrongMoment = (what: string): Refusal => new Refusal('INVALID_STATE', `callId: ${what}`);

const requireCallee = (call: LiveCall, by: Device, otherwise: string): void => {
  if (by.userId !== call.callee.id) throw wrongMoment(otherwise);
};

const graceOf = (graceMs: number, deliberate: boolean, options: CallOptions): number =>
  deliberate ? Math.min(graceMs, options.deliberateGraceMs) : graceMs;

const answer = (call: RingingCall, by: Device, now: Now, options: CallOptions): CallStep => {
  const active: ActiveCall = {
    ...placedOf(call),
    since: now.at,
    state: 'active',
    calleeDevice: by.deviceId,
    lost: { caller: call.lost.caller, callee: null },
    mediaDue: now.ms + options.mediaTimeoutMs,
  };
  const notice: CallNotice = {
    name: 'call:answer',
    payload: { callId: call.id, call: describeCall(active) },
  };
  const others = ringingDevicesOf(active).filter((device) => !isSame(device, by));
  return {
    call: active,
    effects: [
      { type: 'open_room', call: active },
      { type: 'write', record: recordOf(active) },
      { type: 'log', line: 'Call answered', fields: logFields(active) },
      tell(callerOf(active), notice),
      tell(by, notice),
      ...others.map((device) => tell(device, endNotice(call.id, 'answered_elsewhere'))),
      ...lossTo(by, active, 'caller', now),
    ],
  };
};

/** Rings on a device that connected after the call was placed, or again. */
const ringAlso = (before: RingingCall, device: Device, now: Now): CallStep => {
  const rang = new Set(before.rang).add(device.deviceId);
  const call: RingingCall = { ...before, rang };
  const { effects, ...back } = regain(call, 'callee', device, now);
  const isNew = rang.size > before.rang.size;
  return {
    ...back,
    effects: [
      ...(isNew ? [{ type: 'write', record: recordOf(call) } as const] : []),
      offerTo(call, device),
      ...effects,
    ],
  };
};

const lose = (
  call: LiveCall,
  side: Side,
  graceMs: number,
  now: Now,
  options: CallOptions,
): CallStep => {
  const lost: CallState = { ...call, lost: { ...call.lost, [side]: now.ms + graceMs } };
  // Without a grace it is over in this very moment.
  if (graceMs === 0) return transition(lost, { type: 'tick' }, now, options);
  return { call: lost, effects: reconnecting(call, side, graceMs) };
};

/** A device of this side is connected again. */
const regain = (call: LiveCall, side: Side, device: Device, now: Now): CallStep => {
  const effects = call.lost[side] === null ? [] : reconnecting(call, side, null);
  const other = side === 'caller' ? 'callee' : 'caller';
  return {
    call: { ...call, lost: { ...call.lost, [side]: null } },
    effects: [...effects, ...lossTo(device, call, other, now)],
  };
};

/** Ends what is over by now, for the reason that was due first. */
const overdue = (call: LiveCall, now: Now): CallStep => {
  const ringing = call.state === 'ringing';
  const dues: readonly [number | null, CallEndReason][] = [
    [call.lost.caller, ringing ? 'caller_gone' : 'connection_lost'],
    [call.lost.callee, 'connection_lost'],
    [ringing ? call.ringDue : null, 'no_answer'],
  ];
  let first: { due: number; reason: CallEndReason } | null = null;
  for (const [due, reason] of dues) {
    if (due === null || due > now.ms || (first && first.due <= due)) continue;
    first = { due, reason };
  }
  return first ? finish(call, first.reason, now) : unchanged(call);
};

const withMedia = (
  call: ActiveCall,
  connected: boolean,
  now: Now,
  options: CallOptions,
): CallStep => {
  if (call.mediaDue === null || now.ms < call.mediaDue) return unchanged(call);
  if (connected) return unchanged({ ...call, mediaDue: null });
  // One whose signal is lost is judged by the grace, and looked at again afterwards.
  const away = call.lost.caller !== null || call.lost.callee !== null;
  return away
    ? unchanged({ ...call, mediaDue: now.ms + options.mediaTimeoutMs })
    : finish(call, 'media_failed', now);
};

const finish = (call: LiveCall, reason: CallEndReason, now: Now): CallStep => {
  const over: EndedCall = {
    ...placedOf(call),
    since: now.at,
    state: 'ended',
    reason,
    calleeDevice: call.state === 'active' ? call.calleeDevice : null,
    answeredAt: answeredAt(call),
  };
  // The callee's other devices were told when one of them answered.
  const others = call.state === 'active' ? [answererOf(call)] : ringingDevicesOf(call);
  const disconnect = reason === 'connection_lost' || reason === 'caller_gone';
  const durationMs = over.answeredAt === null ? 0 : Math.max(0, over.since - over.answeredAt);
  const effects: CallEffect[] = [
    { type: 'write', record: recordOf(over) },
    {
      type: 'log',
      line: disconnect ? 'Call ended due to disconnect' : 'Call ended',
      fields: { ...logFields(over), reason, durationMs },
    },
    ...[callerOf(call), ...others].map((device) => tell(device, endNotice(call.id, reason))),
    { type: 'presence', userIds: [call.caller.id, call.callee.id] },
  ];
  if (call.state === 'active') effects.unshift({ type: 'close_room', callId: call.id });
  return { call: over, effects };
};
