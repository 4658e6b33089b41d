/** Asks again from time to time, while somebody looks and the server can be reached. */
import { on } from 'svelte/events';
import type { Session } from '../session/index.ts';

const REFRESH_MS = 5000;

/** Also at once, and when the signal or the page comes back; until the returned function is called. */
export function keepFresh(
  { connection }: Pick<Session, 'connection'>,
  ask: () => Promise<void>,
): () => void {
  const refresh = (): void => {
    const seen = document.visibilityState === 'visible';
    if (seen && connection.current.phase === 'online') void ask();
  };
  const stops = [on(document, 'visibilitychange', refresh), connection.subscribe(refresh)];
  const timer = setInterval(refresh, REFRESH_MS);
  refresh();
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
