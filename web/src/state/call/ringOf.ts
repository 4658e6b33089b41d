/** What a call sounds like before it is answered: the one place that decides it. */
import type { Ring } from '../../platform/tones.ts';
import type { CallView } from '../../session/index.ts';

/** After `expiresAt` nothing rings, even if word of the end never came. */
export function ringOf(view: CallView | null, serverNow: number): Ring | null {
  if (view?.status.phase !== 'ringing' || serverNow >= view.status.expiresAt) return null;
  return view.direction === 'received' ? 'ringtone' : 'ringback';
}
