/** Which calls leave the screen by themselves when they are over, and what is said then. */
import type { CallView } from '../../session/index.ts';

export type Parting =
  /** One did it oneself, and needs to be told nothing. */
  | 'own_wish'
  | 'answered_elsewhere'
  /** It rang here, and nobody answered. */
  | 'missed'
  /** The page says itself that the session is over. */
  | 'signed_out';

/** Null: it stays, in words, until it is dismissed. */
export function partingOf(view: CallView, hungUp: boolean): Parting | null {
  if (view.status.phase !== 'ended') return null;
  const { reason, durationMs } = view.status;
  if (reason === 'replaced' || reason === 'signed_out') return 'signed_out';
  if (reason === 'answered_elsewhere') return 'answered_elsewhere';
  if (hungUp) return 'own_wish';
  if (view.direction === 'placed') return reason === 'cancelled' ? 'own_wish' : null;
  if (reason === 'rejected') return 'own_wish';
  return durationMs === 0 && MISSED.has(reason) ? 'missed' : null;
}

/** Of a received call that was not answered. */
const MISSED: ReadonlySet<string> = new Set([
  'cancelled',
  'no_answer',
  'caller_gone',
  'connection_lost',
  'hangup',
  'NOT_FOUND',
]);
