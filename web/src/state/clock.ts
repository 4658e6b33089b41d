/** Time that passes on the screen. */
import { createSubscriber } from 'svelte/reactivity';
import { steadyNow } from '../session/index.ts';

const tick = createSubscriber((update) => {
  // Twice a second, so that no second is skipped when a timer comes late.
  const timer = setInterval(update, 500);
  return () => {
    clearInterval(timer);
  };
});

/** Whole seconds since a moment on a clock; in a component it counts on by itself. */
export function secondsSince(epochMs: number, now: () => number = steadyNow): number {
  tick();
  return Math.max(0, Math.floor((now() - epochMs) / 1000));
}

/** Whole seconds until a moment on a clock, down to 0. */
export function secondsUntil(epochMs: number, now: () => number = steadyNow): number {
  tick();
  return Math.max(0, Math.ceil((epochMs - now()) / 1000));
}

/** 0:07, 12:30, 1:02:03. */
export function formatSeconds(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
