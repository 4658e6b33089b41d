/** Waiting for a condition, never for a time. */
import { vi } from 'vitest';

const DEADLINE_MS = 4000;

/** Until `check` returns without throwing; its last error otherwise. */
export const until = <T>(check: () => T): Promise<T> =>
  vi.waitFor(check, { timeout: DEADLINE_MS, interval: 5 });

/** Timers that run this many times faster than the clock. */
export const fastTimers = (factor = 20) => {
  const started = Date.now();
  return {
    now: () => started + (Date.now() - started) * factor,
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms / factor);
      return () => {
        clearTimeout(timer);
      };
    },
    random: () => 0.5,
  };
};
