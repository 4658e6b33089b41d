/** Every way a call ends that stays on the screen: which words tell it. */
import type { CallEnd, CallView } from '../../session/index.ts';

/** The texts `callEnd.*`. */
export type CallStory =
  | 'hangup'
  | 'cancelled'
  | 'rejected'
  | 'no_answer'
  | 'connection_lost'
  | 'answered_elsewhere'
  | 'missed'
  | 'media_failed'
  | 'server_restart'
  | 'busy'
  | 'offline'
  | 'caller_busy'
  | 'self'
  | 'signed_out'
  | 'unsupported_browser'
  | 'gone'
  | 'too_many'
  | 'unavailable'
  | 'failed';

interface Ending {
  readonly story: CallStory;
  /** Another try may go better. */
  readonly again: boolean;
}

const once = (story: CallStory): Ending => ({ story, again: false });
const again = (story: CallStory): Ending => ({ story, again: true });

const PLACED: Readonly<Record<CallEnd, Ending>> = {
  hangup: again('hangup'),
  cancelled: again('cancelled'),
  rejected: again('rejected'),
  no_answer: again('no_answer'),
  connection_lost: again('connection_lost'),
  answered_elsewhere: once('answered_elsewhere'),
  // Our own signal was away for too long while it rang.
  caller_gone: again('connection_lost'),
  media_failed: again('media_failed'),
  server_restart: again('server_restart'),
  busy: again('busy'),
  offline: again('offline'),
  caller_busy: again('caller_busy'),
  self: once('self'),
  replaced: once('signed_out'),
  signed_out: once('signed_out'),
  token_expired: once('signed_out'),
  token_revoked: once('signed_out'),
  unsupported_browser: once('unsupported_browser'),
  NOT_FOUND: once('gone'),
  RATE_LIMITED: again('too_many'),
  UNAVAILABLE: again('unavailable'),
  at_capacity: again('unavailable'),
  UNAUTHENTICATED: once('signed_out'),
  FORBIDDEN: once('failed'),
  UNSUPPORTED_VERSION: once('failed'),
  BAD_REQUEST: once('failed'),
  INVALID_STATE: again('failed'),
  INTERNAL: again('failed'),
  MEDIA_RESET: again('failed'),
  ROOM_FULL: again('failed'),
  ROOM_LOCKED: again('failed'),
};

/** What means something else to whoever was called. */
const RECEIVED: Readonly<Partial<Record<CallEnd, Ending>>> = {
  cancelled: again('missed'),
  no_answer: again('missed'),
  caller_gone: again('missed'),
  NOT_FOUND: again('missed'),
};

export const endingOf = (direction: CallView['direction'], reason: CallEnd): Ending =>
  (direction === 'received' ? RECEIVED[reason] : undefined) ?? PLACED[reason];

/** Stories that have a second sentence, `callEndHint.*`. */
const HINTS = [
  'busy',
  'offline',
  'no_answer',
  'connection_lost',
  'media_failed',
  'server_restart',
  'caller_busy',
  'unsupported_browser',
  'gone',
  'too_many',
  'unavailable',
  'failed',
] as const satisfies readonly CallStory[];

export const hintOf = (story: CallStory): (typeof HINTS)[number] | undefined =>
  HINTS.find((hint) => hint === story);
