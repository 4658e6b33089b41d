/** What a word about a call makes of it. Pure: values in, values out; the server's word decides. */
import type { Call, CallId, CallMedia, NoticeName, User } from '@veche/protocol';
import type { CallEnd, CallPhase, CallView } from './api.ts';
import { unreachable } from './errors.ts';
import type { AnyNotice } from './wire.ts';

/** How long it rings where the server has not told: its own default. */
const RINGS_FOR_MS = 45_000;

const NOTICES = {
  'call:offer': true,
  'call:answer': true,
  'call:rejected': true,
  'call:no-answer': true,
  'call:busy': true,
  'call:error': true,
  'call:reconnecting': true,
  'call:end': true,
} as const satisfies Partial<Record<NoticeName, true>>;

export type CallNotice = Extract<AnyNotice, { name: keyof typeof NOTICES }>;

export const isCallNotice = (notice: AnyNotice): notice is CallNotice =>
  Object.hasOwn(NOTICES, notice.name);

export interface CallState extends Pick<
  CallView,
  'callId' | 'direction' | 'peer' | 'media' | 'status' | 'peerLost'
> {
  /** What was said of other calls: one of them may turn out to be this one. */
  readonly early: readonly CallNotice[];
}

export type CallEvent =
  | CallNotice
  /** The ack of `call:initiate`. */
  | { readonly name: 'placed'; readonly callId: CallId }
  /** The call as the server has it, in an ack. */
  | { readonly name: 'told'; readonly call: Call }
  /** The same, in `welcome`: what else there is to know is told anew. */
  | { readonly name: 'found'; readonly call: Call }
  /** The person takes it. */
  | { readonly name: 'answering' }
  /** Over for a reason on this side. */
  | { readonly name: 'over'; readonly reason: CallEnd };

export const placing = (peer: User, media: CallMedia): CallState => ({
  callId: null,
  direction: 'placed',
  peer,
  media,
  status: { phase: 'placing' },
  peerLost: null,
  early: [],
});

export const offered = ({
  callId,
  from,
  media,
  expiresAt,
}: Extract<CallNotice, { name: 'call:offer' }>['payload']): CallState => ({
  callId,
  direction: 'received',
  peer: from,
  media,
  status: { phase: 'ringing', expiresAt },
  peerLost: null,
  early: [],
});

/** A call that the server knows of and this page does not, as after a reload. */
export function takenUp(call: Call, me: User, now: number): CallState {
  const placed = call.caller.id === me.id;
  const unknown: CallState = {
    ...placing(placed ? call.callee : call.caller, call.media),
    callId: call.id,
    direction: placed ? 'placed' : 'received',
  };
  return step(unknown, { name: 'told', call }, now);
}

export const isOver = ({ status }: Pick<CallState, 'status'>): boolean => status.phase === 'ended';

/** `now`: the server's clock. The very same state where nothing changes. */
export function step(state: CallState, event: CallEvent, now: number): CallState {
  if (isOver(state)) return state;
  if ('payload' in event) return heard(state, event, now);
  switch (event.name) {
    case 'placed':
      return identified(state, event.callId, now);
    case 'told':
      return event.call.id === state.callId ? told(state, event.call, now) : state;
    case 'found':
      return step({ ...state, peerLost: null }, { name: 'told', call: event.call }, now);
    case 'answering':
      return canBeTaken(state) ? { ...state, status: { phase: 'answering' } } : state;
    case 'over':
      return ended(state, event.reason, now);
    default:
      return unreachable(event);
  }
}

/** It rings here. */
export const canBeTaken = ({ direction, status }: CallState): boolean =>
  direction === 'received' && status.phase === 'ringing';

function heard(state: CallState, notice: CallNotice, now: number): CallState {
  const { callId } = notice.payload;
  if (callId === state.callId) return applied(state, notice, now);
  if (notice.name === 'call:answer' && isMutual(state, notice.payload.call)) {
    return told({ ...state, callId, early: [] }, notice.payload.call, now);
  }
  // Not known to be this one until the ack tells its id.
  return state.callId === null ? { ...state, early: [...state.early, notice] } : state;
}

/** Each of us called the other, and the server made one call of it. */
const isMutual = ({ direction, status, peer }: CallState, { caller, callee }: Call): boolean =>
  direction === 'placed' &&
  (status.phase === 'placing' || status.phase === 'ringing') &&
  (caller.id === peer.id || callee.id === peer.id);

function identified(state: CallState, callId: CallId, now: number): CallState {
  if (state.callId !== null) return state;
  const rings: CallState = {
    ...state,
    callId,
    status: { phase: 'ringing', expiresAt: now + RINGS_FOR_MS },
    early: [],
  };
  return state.early.reduce((current, notice) => step(current, notice, now), rings);
}

function applied(state: CallState, notice: CallNotice, now: number): CallState {
  switch (notice.name) {
    case 'call:offer':
      return canBeTaken(state)
        ? { ...state, status: { phase: 'ringing', expiresAt: notice.payload.expiresAt } }
        : state;
    case 'call:answer':
      return told(state, notice.payload.call, now);
    case 'call:rejected':
      return ended(state, 'rejected', now);
    case 'call:no-answer':
      return ended(state, 'no_answer', now);
    case 'call:busy':
      return ended(state, notice.payload.party === 'callee' ? 'busy' : 'caller_busy', now);
    case 'call:error':
      return ended(state, notice.payload.code, now);
    case 'call:reconnecting': {
      const { userId, deadlineMs } = notice.payload;
      if (userId !== state.peer.id) return state;
      return { ...state, peerLost: deadlineMs === null ? null : { deadlineAt: now + deadlineMs } };
    }
    case 'call:end':
      return ended(state, notice.payload.reason, now);
    default:
      return unreachable(notice);
  }
}

function told(state: CallState, call: Call, now: number): CallState {
  const { phase } = state.status;
  switch (call.state) {
    case 'ringing': {
      // Otherwise it is older than what is known.
      if (phase !== 'placing') return state;
      return { ...state, status: { phase: 'ringing', expiresAt: call.since + RINGS_FOR_MS } };
    }
    case 'active':
      if (phase === 'active') return state;
      return { ...state, status: { phase: 'active', since: call.since } };
    case 'ended':
      return ended(state, call.reason ?? 'hangup', now);
    default:
      return unreachable(call.state);
  }
}

function ended(state: CallState, reason: CallEnd, now: number): CallState {
  const status: CallPhase = { phase: 'ended', reason, durationMs: duration(state.status, now) };
  return { ...state, status, peerLost: null, early: [] };
}

const duration = (status: CallPhase, now: number): number =>
  status.phase === 'active' ? Math.max(0, now - status.since) : 0;
