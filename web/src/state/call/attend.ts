/** What a call does beside being shown: it rings, asks for attention, and goes when it is over. */
import type { Ring } from '../../platform/tones.ts';
import type { CallView, Session } from '../../session/index.ts';
import { isIncoming, viewOf } from './callOnScreen.ts';
import { partingOf, type Parting } from './parting.ts';
import { ringOf } from './ringOf.ts';

export interface Surroundings {
  /** From now on exactly this sounds. */
  ring(what: Ring | null): void;
  /** From now on this call waits for an answer here; null: none does. */
  callsHere(view: CallView | null): void;
  /** A call went off the screen by itself. */
  parted(view: CallView, parting: Parting): void;
  /** Whether it was this person who ended it. */
  hungUp(): boolean;
  after(ms: number, run: () => void): () => void;
}

/** Until the returned function is called. */
export function attend(
  session: Pick<Session, 'call' | 'dismissCall' | 'serverNow'>,
  surroundings: Surroundings,
): () => void {
  const views = viewOf(session.call);
  let stopTimer = (): void => undefined;

  const look = (): void => {
    stopTimer();
    const view = views.current;
    const now = session.serverNow();
    const ring = ringOf(view, now);
    surroundings.ring(ring);
    surroundings.callsHere(isIncoming(view) ? view : null);
    if (ring && view?.status.phase === 'ringing') {
      stopTimer = surroundings.after(view.status.expiresAt - now, look);
    }
    const parting = view && partingOf(view, surroundings.hungUp());
    if (!view || !parting) return;
    session.dismissCall();
    surroundings.parted(view, parting);
  };

  const stop = views.subscribe(look);
  look();
  return () => {
    stop();
    stopTimer();
    surroundings.ring(null);
    surroundings.callsHere(null);
  };
}
