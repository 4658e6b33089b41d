/** What became of a call, in the list of calls. */
import type { CallOutcome, HistoryEntry } from '@veche/protocol';

/** The texts `log.*`. */
export type LogStory =
  | 'placed'
  | 'received'
  | 'missed'
  | 'missedBusy'
  | 'missedOffline'
  | 'noAnswer'
  | 'wasBusy'
  | 'wasOffline'
  | 'declined'
  | 'youDeclined'
  | 'cancelled'
  | 'lost'
  | 'failed'
  | 'elsewhere';

const UNANSWERED: Readonly<Record<CallOutcome, LogStory>> = {
  hangup: 'placed',
  cancelled: 'cancelled',
  rejected: 'declined',
  no_answer: 'noAnswer',
  connection_lost: 'lost',
  answered_elsewhere: 'elsewhere',
  caller_gone: 'lost',
  media_failed: 'failed',
  server_restart: 'failed',
  busy: 'wasBusy',
  offline: 'wasOffline',
};

export function logStory({ direction, reason, durationMs }: HistoryEntry): LogStory {
  if (direction === 'missed') {
    if (reason === 'busy') return 'missedBusy';
    return reason === 'offline' ? 'missedOffline' : 'missed';
  }
  if (durationMs > 0) return direction;
  if (direction === 'received') return reason === 'rejected' ? 'youDeclined' : direction;
  return UNANSWERED[reason];
}
