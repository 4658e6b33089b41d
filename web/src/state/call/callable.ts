/** Whether it makes sense to call somebody now, and what to say about it beforehand. */
import type { Presence } from '@veche/protocol';
import type { ConnectionState } from '../../session/index.ts';

export interface Callable {
  /** Nothing can come of it: the button does not work. Otherwise the server decides. */
  readonly possible: boolean;
  /** The texts `callable.*`. */
  readonly remark: 'in_call' | 'no_signal' | 'busy' | 'offline' | null;
}

export function callable(
  presence: Presence,
  { inCall, connection }: { inCall: boolean; connection: ConnectionState['phase'] },
): Callable {
  if (inCall) return { possible: false, remark: 'in_call' };
  if (connection !== 'online') return { possible: false, remark: 'no_signal' };
  // What we know of others may be a moment old, so these can be tried.
  return { possible: true, remark: presence === 'online' ? null : presence };
}
