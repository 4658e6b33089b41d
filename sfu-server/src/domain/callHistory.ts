/** What a call leaves behind in the lists of the two people. */
import type { CallOutcome, HistoryEntry, UserId } from '@veche/protocol';
import type { CallRecord } from './call.ts';

export interface Trace {
  readonly userId: UserId;
  readonly peerId: UserId;
  readonly direction: HistoryEntry['direction'];
  /** From the answer to the end. */
  readonly durationMs: number;
  readonly outcome: CallOutcome;
  /** Only missed calls wait to be seen. */
  readonly seen: boolean;
}

/** Both sides' entries for a call that is over; none while it is live. */
export const tracesOf = ({ caller, callee, answeredAt, ended }: CallRecord): Trace[] => {
  if (!ended) return [];
  const { at, outcome } = ended;
  const durationMs = answeredAt === null ? 0 : Math.max(0, at - answeredAt);
  // Somebody who refused a call has not missed it.
  const received = answeredAt !== null || outcome === 'rejected';
  return [
    {
      userId: caller.id,
      peerId: callee.id,
      direction: 'placed',
      durationMs,
      outcome,
      seen: true,
    },
    {
      userId: callee.id,
      peerId: caller.id,
      direction: received ? 'received' : 'missed',
      durationMs,
      outcome,
      seen: received,
    },
  ];
};
