/**
 * Every call there is, and who is in one. Both people are claimed when a call is placed, in one
 * step, and set free only when it ends: so nobody is ever in two.
 */
import type { CallId, UserId } from '@veche/protocol';
import { isLive } from './call.ts';
import type {
  CallEffect,
  CallNotice,
  CallOptions,
  CallState,
  Device,
  LiveCall,
  Now,
} from './call.ts';
import { nextDeadline, transition } from './callRules.ts';
import type { CallEvent } from './callRules.ts';
import { connect, disconnect } from './presence.ts';
import type { PresenceState } from './presence.ts';
import { Refusal } from './refusal.ts';
import { withEntry, withoutEntry } from './room.ts';

/** What became of an attempt, by the key that its caller chose. */
export interface Attempt {
  readonly callId: CallId;
  /** Why it was not placed; null for one that was. */
  readonly notPlaced: CallNotice | null;
}

/** Calls from one person to another that rang in vain. */
interface Streak {
  readonly count: number;
  /** Forgotten from then on, monotonic ms. */
  readonly until: number;
}

export interface CallBook {
  /** Which devices are connected, with the generation of each one's connection. */
  readonly connections: PresenceState;
  /** Live ones, and those that are over for less than a minute. */
  readonly calls: ReadonlyMap<CallId, CallState>;
  readonly claims: ReadonlyMap<UserId, CallId>;
  readonly attempts: ReadonlyMap<string, Attempt>;
  /** When the ended ones and the attempts of their keys are forgotten, soonest first. */
  readonly forgetAt: ReadonlyMap<CallId, number>;
  readonly unanswered: ReadonlyMap<string, Streak>;
}

export interface BookStep {
  readonly book: CallBook;
  readonly effects: readonly CallEffect[];
}

/** How long a key stands for its call after the end. */
export const REMEMBER_MS = 60_000;
/** How long somebody who called in vain too often has to wait. */
const FORGET_UNANSWERED_MS = 600_000;

export const emptyBook: CallBook = {
  connections: new Map(),
  calls: new Map(),
  claims: new Map(),
  attempts: new Map(),
  forgetAt: new Map(),
  unanswered: new Map(),
};

/** The live call that somebody is in. */
export const callOf = (book: CallBook, userId: UserId): LiveCall | null => {
  const callId = book.claims.get(userId);
  const call = callId === undefined ? undefined : book.calls.get(callId);
  return call && isLive(call) ? call : null;
};

export const liveCalls = (book: CallBook): LiveCall[] => [...book.calls.values()].filter(isLive);

/**
 * Something happened to a call.
 * @throws Refusal NOT_FOUND, INVALID_STATE
 */
export const onCall = (
  before: CallBook,
  callId: CallId,
  event: CallEvent,
  now: Now,
  options: CallOptions,
): BookStep => {
  const book = forgetOld(before, now);
  const call = book.calls.get(callId);
  if (!call) throw new Refusal('NOT_FOUND', 'callId: no such call');
  if ('by' in event) {
    requireConnected(book, event.by);
    const { userId } = event.by;
    if (userId !== call.caller.id && userId !== call.callee.id) {
      throw new Refusal('NOT_FOUND', 'callId: no such call');
    }
  }
  const { call: next, effects } = transition(call, event, now, options);
  const calls = withEntry(book.calls, callId, next);
  const counted = { ...book, calls, unanswered: countUnanswered(book, call, next, now) };
  if (isLive(next) || !isLive(call)) return { book: counted, effects };
  const claims = withoutEntry(withoutEntry(book.claims, call.caller.id), call.callee.id);
  const forgetAt = withEntry(book.forgetAt, callId, now.ms + REMEMBER_MS);
  return { book: { ...counted, claims, forgetAt }, effects };
};

export interface UpStep extends BookStep {
  /** The device had another connection until now. */
  readonly replaced: boolean;
}

/** A device is connected; a later generation takes the place of a former one. */
export const up = (
  before: CallBook,
  device: Device,
  generation: number,
  now: Now,
  options: CallOptions,
): UpStep => {
  const book = forgetOld(before, now);
  const { state, replaced } = connect(book.connections, device.userId, device.deviceId, generation);
  const step = onCallOf(
    { ...book, connections: state },
    device,
    { type: 'up', device },
    now,
    options,
  );
  return { ...step, replaced: replaced !== null };
};

export interface DownStep extends BookStep {
  /** False for a connection that was replaced: its end means nothing. */
  readonly current: boolean;
}

export const down = (
  before: CallBook,
  device: Device,
  generation: number,
  deliberate: boolean,
  now: Now,
  options: CallOptions,
): DownStep => {
  const book = forgetOld(before, now);
  const { state, current, wentOffline } = disconnect(
    book.connections,
    device.userId,
    device.deviceId,
    generation,
  );
  if (!current) return { book, effects: [], current };
  const event = { type: 'down', device, deliberate, last: wentOffline } as const;
  return { ...onCallOf({ ...book, connections: state }, device, event, now, options), current };
};

/** When `tick` or `media` must be told to a call next, monotonic ms. */
export const deadlineOf = (book: CallBook, callId: CallId): number | null => {
  const call = book.calls.get(callId);
  return call ? nextDeadline(call) : null;
};

/** Something happened to the call that the device's user is in, if there is one. */
const onCallOf = (
  book: CallBook,
  { userId }: Device,
  event: CallEvent,
  now: Now,
  options: CallOptions,
): BookStep => {
  const call = callOf(book, userId);
  return call ? onCall(book, call.id, event, now, options) : { book, effects: [] };
};

export const requireConnected = ({ connections }: CallBook, { userId, deviceId }: Device): void => {
  if (connections.get(userId)?.has(deviceId) === true) return;
  throw new Refusal('INVALID_STATE', 'this device is not connected any more');
};

export const pairKey = (from: UserId, to: UserId): string => `${from}/${to}`;

/** A call that ends unanswered makes the streak of its pair longer; an answer ends it, both ways. */
const countUnanswered = (
  { unanswered }: CallBook,
  before: CallState,
  after: CallState,
  now: Now,
): CallBook['unanswered'] => {
  if (before.state !== 'ringing' || after.state === 'ringing') return unanswered;
  const { caller, callee } = after;
  const there = pairKey(caller.id, callee.id);
  const others = withoutEntry(unanswered, there);
  if (after.state === 'active') return withoutEntry(others, pairKey(callee.id, caller.id));
  const count = (unanswered.get(there)?.count ?? 0) + 1;
  return withEntry(others, there, { count, until: now.ms + FORGET_UNANSWERED_MS });
};

/** Calls that are over, keys and streaks, each after its time. */
export const forgetOld = (book: CallBook, now: Now): CallBook => {
  const old = new Set<CallId>();
  for (const [callId, until] of book.forgetAt) {
    if (until > now.ms) break;
    old.add(callId);
  }
  const streaks: string[] = [];
  for (const [pair, { until }] of book.unanswered) {
    if (until > now.ms) break;
    streaks.push(pair);
  }
  if (old.size === 0 && streaks.length === 0) return book;
  const kept = <K, V>(map: ReadonlyMap<K, V>, keep: (key: K, value: V) => boolean) =>
    new Map([...map].filter(([key, value]) => keep(key, value)));
  return {
    ...book,
    calls: kept(book.calls, (callId) => !old.has(callId)),
    attempts: kept(book.attempts, (_key, { callId }) => !old.has(callId)),
    forgetAt: kept(book.forgetAt, (callId) => !old.has(callId)),
    unanswered: kept(book.unanswered, (pair) => !streaks.includes(pair)),
  };
};
