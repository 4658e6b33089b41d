/** Time that passes on the screen. */
import { createSubscriber } from 'svelte/reactivity';

const tick = createSubscriber((update) => {
  // Twice a second, so that no second is skipped when a timer comes late.
  const timer = setInterval(update, 500);
  return () => {
    clearInterval(timer);
  };
});

/** Whole seconds since a moment; in a component it counts on by itself. */
export function secondsSince(epochMs: number): number {
  tick();
  return Math.max(0, Math.floor((Date.now() - epochMs) / 1000));
}

/** 0:07, 12:30. */
export function formatSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
