/** A call between two people, as one immutable value; `callRules.ts` says how it may change. */
import type {
  Call,
  CallEndReason,
  CallId,
  CallMedia,
  CallOutcome,
  DeviceId,
  NoticeInput,
  User,
  UserId,
} from '@veche/protocol';

/** One device of one user. */
export interface Device {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** The same moment on two clocks. */
export interface Now {
  /** Monotonic milliseconds: deadlines are kept in these. */
  readonly ms: number;
  /** Epoch milliseconds: what people see. */
  readonly at: number;
}

export interface CallOptions {
  readonly ringMs: number;
  /** How long a lost signal is waited for while people talk. */
  readonly graceMs: number;
  /** The same while it rings. */
  readonly ringingGraceMs: number;
  /** The most after a page was closed on purpose: time for a reload. */
  readonly deliberateGraceMs: number;
  /** Both must have a connected transport by then. */
  readonly mediaTimeoutMs: number;
  /** Calls from one person to another that ring in vain, one after another. */
  readonly maxUnansweredInRow: number;
}

export type Side = 'caller' | 'callee';

/** Until when the signal of a side may be away; null: it is there. */
type Lost = Readonly<Record<Side, number | null>>;

interface Placed {
  readonly id: CallId;
  readonly caller: User;
  readonly callerDevice: DeviceId;
  readonly callee: User;
  readonly media: CallMedia;
  readonly placedAt: number;
  /** Every device of the callee that rang. */
  readonly rang: ReadonlySet<DeviceId>;
  /** When it came into this state, epoch ms. */
  readonly since: number;
}

export interface RingingCall extends Placed {
  readonly state: 'ringing';
  /** When it has rung long enough, monotonic ms. */
  readonly ringDue: number;
  /** The same, epoch ms. */
  readonly expiresAt: number;
  readonly lost: Lost;
}

export interface ActiveCall extends Placed {
  readonly state: 'active';
  readonly calleeDevice: DeviceId;
  readonly lost: Lost;
  /** When both must have media, monotonic ms; null once they had it. */
  readonly mediaDue: number | null;
}

export interface EndedCall extends Placed {
  readonly state: 'ended';
  readonly reason: CallEndReason;
  readonly calleeDevice: DeviceId | null;
  readonly answeredAt: number | null;
}

export type LiveCall = RingingCall | ActiveCall;
export type CallState = LiveCall | EndedCall;

type CallNoticeName =
  | 'call:offer'
  | 'call:answer'
  | 'call:rejected'
  | 'call:no-answer'
  | 'call:busy'
  | 'call:error'
  | 'call:reconnecting'
  | 'call:end';

export type CallNotice = {
  [N in CallNoticeName]: { readonly name: N; readonly payload: NoticeInput<N> };
}[CallNoticeName];

/** What is kept of a call on disk: while it is live for the next start, afterwards as history. */
export interface CallRecord {
  readonly id: CallId;
  readonly caller: User;
  readonly callerDevice: DeviceId;
  readonly callee: User;
  readonly calleeDevice: DeviceId | null;
  readonly rang: readonly DeviceId[];
  readonly media: CallMedia;
  readonly placedAt: number;
  readonly answeredAt: number | null;
  /** Null while it is live. */
  readonly ended: { readonly at: number; readonly outcome: CallOutcome } | null;
}

type CallLogLine =
  | 'Call initiated'
  | 'Call blocked - user busy'
  | 'Call blocked - user offline'
  | 'Call answered'
  | 'Call ended'
  | 'Call ended due to disconnect';

/** What must be done in the world for a decision to become true. */
export type CallEffect =
  | { readonly type: 'tell'; readonly to: Device; readonly notice: CallNotice }
  | { readonly type: 'write'; readonly record: CallRecord }
  | { readonly type: 'log'; readonly line: CallLogLine; readonly fields: object }
  | { readonly type: 'open_room'; readonly call: ActiveCall }
  | { readonly type: 'close_room'; readonly callId: CallId }
  | { readonly type: 'presence'; readonly userIds: readonly UserId[] };

/** What a call keeps from its placing to its end. */
export const placedOf = (call: CallState): Omit<Placed, 'since'> => ({
  id: call.id,
  caller: call.caller,
  callerDevice: call.callerDevice,
  callee: call.callee,
  media: call.media,
  placedAt: call.placedAt,
  rang: call.rang,
});

export const isLive = (call: CallState): call is LiveCall => call.state !== 'ended';

export const callerOf = ({ caller, callerDevice }: CallState): Device => ({
  userId: caller.id,
  deviceId: callerDevice,
});

export const answererOf = ({ callee, calleeDevice }: ActiveCall): Device => ({
  userId: callee.id,
  deviceId: calleeDevice,
});

export const ringingDevicesOf = ({ callee, rang }: CallState): Device[] =>
  [...rang].map((deviceId) => ({ userId: callee.id, deviceId }));

export const isSame = (one: Device, other: Device): boolean =>
  one.userId === other.userId && one.deviceId === other.deviceId;

/** Which of the two that talk this device is. */
export const sideOf = (call: ActiveCall, device: Device): Side | null => {
  if (isSame(device, callerOf(call))) return 'caller';
  return isSame(device, answererOf(call)) ? 'callee' : null;
};

/** Whether a call is, or was, at this device: it placed it, talks in it, or could have answered. */
export const isAt = (call: CallState, device: Device): boolean => {
  if (call.state === 'active') return sideOf(call, device) !== null;
  return device.userId === call.callee.id || isSame(device, callerOf(call));
};

/** The call as the wire shows it. */
export const describeCall = (call: CallState): Call => ({
  id: call.id,
  state: call.state,
  caller: call.caller,
  callee: call.callee,
  media: call.media,
  since: call.since,
  ...(call.state === 'ended' ? { reason: call.reason } : {}),
});

/** The same as one device sees it: once answered, it is over for the callee's other devices. */
export const describeCallFor = (call: CallState, device: Device): Call => {
  const elsewhere =
    call.state === 'active' &&
    device.userId === call.callee.id &&
    device.deviceId !== call.calleeDevice;
  return elsewhere
    ? { ...describeCall(call), state: 'ended', reason: 'answered_elsewhere' }
    : describeCall(call);
};

export const recordOf = (call: CallState): CallRecord => ({
  id: call.id,
  caller: call.caller,
  callerDevice: call.callerDevice,
  callee: call.callee,
  calleeDevice: call.state === 'ringing' ? null : call.calleeDevice,
  rang: [...call.rang],
  media: call.media,
  placedAt: call.placedAt,
  answeredAt: answeredAt(call),
  ended: call.state === 'ended' ? { at: call.since, outcome: call.reason } : null,
});

export const answeredAt = (call: CallState): number | null => {
  switch (call.state) {
    case 'ringing':
      return null;
    case 'active':
      return call.since;
    case 'ended':
      return call.answeredAt;
  }
};
