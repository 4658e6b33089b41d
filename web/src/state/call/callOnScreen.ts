/** What kind of moment a call is in, for whoever looks at it. */
import type { CallSession, CallView, Watchable } from '../../session/index.ts';
import { through } from '../through.ts';

/** The present view of the present call. */
export const viewOf = (calls: Watchable<CallSession | null>): Watchable<CallView | null> =>
  through(calls, (call) => call);

export const isLive = (view: CallView | null): view is CallView =>
  view !== null && view.status.phase !== 'ended';

/** Rings here and waits for an answer. */
export const isIncoming = (view: CallView | null): boolean =>
  view?.direction === 'received' && view.status.phase === 'ringing';

/** The call, and nothing else, is what one hears. */
export const isHeard = (view: CallView | null): boolean =>
  view?.status.phase === 'active' || view?.status.phase === 'answering';
