/** Placing a call: it rings, or its caller is told at once why it does not. */
import type { CallId, CallMedia, User, UserId } from '@veche/protocol';
import { describeCallFor, recordOf, sideOf } from './call.ts';
import type {
  CallEffect,
  CallNotice,
  CallOptions,
  CallRecord,
  Device,
  Now,
  RingingCall,
} from './call.ts';
import { callOf, forgetOld, onCall, pairKey, REMEMBER_MS, requireConnected } from './callBook.ts';
import type { Attempt, BookStep, CallBook } from './callBook.ts';
import { endNotice, logFields, offerTo, tell } from './callEffects.ts';
import { devicesOf, isOnline } from './presence.ts';
import { Refusal } from './refusal.ts';
import { withEntry } from './room.ts';

export interface InitiateRequest {
  /** Used for the call, if it is a new one. */
  readonly callId: CallId;
  readonly caller: User;
  readonly device: Device;
  readonly callee: User;
  readonly media: CallMedia;
  readonly key: string;
}

export interface InitiateStep extends BookStep {
  readonly callId: CallId;
}

/** @throws Refusal RATE_LIMITED, INVALID_STATE */
export const initiate = (
  before: CallBook,
  request: InitiateRequest,
  now: Now,
  options: CallOptions,
): InitiateStep => {
  const book = forgetOld(before, now);
  const { caller, callee, device, key } = request;
  requireConnected(book, device);
  const known = book.attempts.get(attemptKey(caller.id, key));
  if (known) return { book, effects: tellAgain(book, known, device), callId: known.callId };
  if (caller.id === callee.id) return refuse(book, request, 'self', now);
  const own = callOf(book, caller.id);
  if (own?.state === 'ringing' && own.caller.id === callee.id) {
    const answered = onCall(book, own.id, { type: 'answer', by: device }, now, options);
    return { ...answered, book: withAttempt(answered.book, request, own.id), callId: own.id };
  }
  if (own) return refuse(book, request, 'caller', now);
  if (callOf(book, callee.id)) return refuse(book, request, 'callee', now);
  if (!isOnline(book.connections, callee.id)) return refuse(book, request, 'offline', now);
  const streak = book.unanswered.get(pairKey(caller.id, callee.id));
  if (streak && streak.count >= options.maxUnansweredInRow) {
    throw new Refusal('RATE_LIMITED', 'to: too many calls that nobody answered; wait a while');
  }
  return place(book, request, now, options);
};

const place = (
  book: CallBook,
  { callId, caller, device, callee, media, key }: InitiateRequest,
  now: Now,
  options: CallOptions,
): InitiateStep => {
  const devices = devicesOf(book.connections, callee.id);
  const call: RingingCall = {
    id: callId,
    state: 'ringing',
    caller,
    callerDevice: device.deviceId,
    callee,
    media,
    placedAt: now.at,
    since: now.at,
    rang: new Set(devices),
    ringDue: now.ms + options.ringMs,
    expiresAt: now.at + options.ringMs,
    lost: { caller: null, callee: null },
  };
  const claims = new Map(book.claims).set(caller.id, callId).set(callee.id, callId);
  const placed = { ...book, calls: withEntry(book.calls, callId, call), claims };
  return {
    book: withAttempt(placed, { caller, key }, callId),
    callId,
    effects: [
      { type: 'write', record: recordOf(call) },
      { type: 'log', line: 'Call initiated', fields: { ...logFields(call), media } },
      ...devices.map((deviceId) => offerTo(call, { userId: callee.id, deviceId })),
      { type: 'presence', userIds: [caller.id, callee.id] },
    ],
  };
};

type Obstacle = 'self' | 'caller' | 'callee' | 'offline';

const MESSAGES: Record<Obstacle, string> = {
  self: 'you cannot call yourself',
  caller: 'you are in another call',
  callee: 'User is busy with another call',
  offline: 'User is offline',
};

/** An attempt that is not placed: the caller is told why, and the callee finds a missed call. */
const refuse = (
  book: CallBook,
  request: InitiateRequest,
  obstacle: Obstacle,
  now: Now,
): InitiateStep => {
  const { callId, caller, callee, device } = request;
  const message = MESSAGES[obstacle];
  const notice: CallNotice =
    obstacle === 'self' || obstacle === 'offline'
      ? { name: 'call:error', payload: { callId, code: obstacle, message } }
      : {
          name: 'call:busy',
          payload: {
            callId,
            userId: obstacle === 'caller' ? caller.id : callee.id,
            party: obstacle,
            message,
          },
        };
  const remembered = withAttempt(book, request, callId, notice);
  return {
    book: { ...remembered, forgetAt: withEntry(book.forgetAt, callId, now.ms + REMEMBER_MS) },
    callId,
    effects: [...tracesOf(request, obstacle, now), tell(device, notice)],
  };
};

/** What stays of an attempt that was not placed: a line in the log, a missed call. */
const tracesOf = (request: InitiateRequest, obstacle: Obstacle, now: Now): CallEffect[] => {
  const fields = logFields({ id: request.callId, ...request });
  switch (obstacle) {
    case 'self':
      return [];
    case 'caller':
      return [
        { type: 'log', line: 'Call blocked - user busy', fields: { ...fields, party: obstacle } },
      ];
    case 'callee':
      return [
        { type: 'log', line: 'Call blocked - user busy', fields: { ...fields, party: obstacle } },
        { type: 'write', record: notPlaced(request, 'busy', now) },
      ];
    case 'offline':
      return [
        { type: 'log', line: 'Call blocked - user offline', fields },
        { type: 'write', record: notPlaced(request, 'offline', now) },
      ];
  }
};

const notPlaced = (
  { callId, caller, device, callee, media }: InitiateRequest,
  outcome: 'busy' | 'offline',
  { at }: Now,
): CallRecord => ({
  id: callId,
  caller,
  callerDevice: device.deviceId,
  callee,
  calleeDevice: null,
  rang: [],
  media,
  placedAt: at,
  answeredAt: null,
  ended: { at, outcome },
});

/** The outcome of an attempt, for the device that asked again. */
const tellAgain = (book: CallBook, attempt: Attempt, to: Device): CallEffect[] => {
  if (attempt.notPlaced) return [tell(to, attempt.notPlaced)];
  const call = book.calls.get(attempt.callId);
  if (!call || call.state === 'ringing') return [];
  if (call.state === 'ended') return [tell(to, endNotice(call.id, call.reason))];
  if (sideOf(call, to) === null) return [];
  const payload = { callId: call.id, call: describeCallFor(call, to) };
  return [tell(to, { name: 'call:answer', payload })];
};

const attemptKey = (userId: UserId, key: string): string => `${userId}/${key}`;

const withAttempt = (
  book: CallBook,
  { caller, key }: Pick<InitiateRequest, 'caller' | 'key'>,
  callId: CallId,
  notPlaced: CallNotice | null = null,
): CallBook => ({
  ...book,
  attempts: withEntry(book.attempts, attemptKey(caller.id, key), { callId, notPlaced }),
});
