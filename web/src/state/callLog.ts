/** One's own calls, newest first; whoever looks at them has seen those that were missed. */
import type { HistoryEntry } from '@veche/protocol';
import type { Session } from '../session/index.ts';
import { Paged } from './paged.ts';

type Calls = Pick<Session, 'listCalls' | 'missedCalls' | 'markCallsSeen' | 'call'>;

export class CallLog {
  readonly list: Paged<HistoryEntry>;
  readonly #session: Calls;
  readonly #fresh = new Set<string>();

  constructor(session: Calls) {
    this.#session = session;
    this.list = new Paged(
      async (cursor) => {
        const { entries, next } = await session.listCalls(cursor);
        return { items: entries.map(this.#asFirstSeen), next };
      },
      ({ callId }) => callId,
    );
  }

  /** Shows what is new when a call is over or was missed, until the returned function is called. */
  watch = (): (() => void) => {
    const look = (): void => void this.look();
    const stops = [
      this.#session.missedCalls.subscribe(() => {
        if (this.#session.missedCalls.current > 0) look();
      }),
      this.#session.call.subscribe(look),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  };

  /** What was new when this page came stays marked for as long as it is looked at. */
  #asFirstSeen = (entry: HistoryEntry): HistoryEntry => {
    if (!entry.seen) this.#fresh.add(entry.callId);
    return { ...entry, seen: !this.#fresh.has(entry.callId) };
  };

  /** First what was missed is shown, then it counts as seen. */
  look = async (): Promise<void> => {
    await this.list.refresh();
    if (this.list.current.phase !== 'ready' || this.#session.missedCalls.current === 0) return;
    try {
      await this.#session.markCallsSeen();
    } catch {
      // They are still new the next time then.
    }
  };
}
