/** What calls make happen: who is told what, and what the log says. */
import type { CallEndReason, CallId, User } from '@veche/protocol';
import { answererOf, callerOf, ringingDevicesOf } from './call.ts';
import type { CallEffect, CallNotice, Device, LiveCall, Now, RingingCall, Side } from './call.ts';

export const tell = (to: Device, notice: CallNotice): CallEffect => ({ type: 'tell', to, notice });

export const offerTo = ({ id, caller, media, expiresAt }: RingingCall, to: Device): CallEffect =>
  tell(to, { name: 'call:offer', payload: { callId: id, from: caller, media, expiresAt } });

/** @param deadlineMs what is left of the grace; null: it is back */
const reconnectingNotice = (call: LiveCall, side: Side, deadlineMs: number | null): CallNotice => ({
  name: 'call:reconnecting',
  payload: {
    callId: call.id,
    userId: call[side].id,
    deadlineMs: deadlineMs === null ? null : Math.max(0, Math.round(deadlineMs)),
  },
});

/** Tells those on the other side that the signal of this one is lost, or back (null). */
export const reconnecting = (
  call: LiveCall,
  side: Side,
  deadlineMs: number | null,
): CallEffect[] => {
  const others = call.state === 'active' ? [answererOf(call)] : ringingDevicesOf(call);
  return (side === 'callee' ? [callerOf(call)] : others).map((to) =>
    tell(to, reconnectingNotice(call, side, deadlineMs)),
  );
};

/** Tells a device that comes in that the signal of this side is lost just now, if it is. */
export const lossTo = (to: Device, call: LiveCall, side: Side, now: Now): CallEffect[] => {
  const deadline = call.lost[side];
  return deadline === null ? [] : [tell(to, reconnectingNotice(call, side, deadline - now.ms))];
};

/** What a device is told, once, when a call that it placed or that rang on it is over. */
export const endNotice = (callId: CallId, reason: CallEndReason): CallNotice => {
  if (reason === 'rejected') return { name: 'call:rejected', payload: { callId } };
  if (reason === 'no_answer') return { name: 'call:no-answer', payload: { callId } };
  return { name: 'call:end', payload: { callId, reason } };
};

/** For the log. */
export const logFields = ({
  id,
  caller,
  callee,
}: {
  readonly id: CallId;
  readonly caller: User;
  readonly callee: User;
}): object => ({ callId: id, callerId: caller.id, calleeId: callee.id });
