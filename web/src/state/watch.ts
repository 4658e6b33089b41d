/** The one bridge from the headless session to Svelte: reading `current` in a component follows it. */
import { createSubscriber } from 'svelte/reactivity';
import type { Watchable } from '../session/index.ts';

export interface Followed<T> {
  readonly current: T;
}

/** A frame at 60 Hz: faster than that nobody sees. */
const DRAW_AFTER_MS = 16;

const waiting = new Set<() => void>();

/**
 * Draws once for a burst of changes, and after what caused them has had its turn: a join would
 * otherwise wait in the middle for the room to be drawn.
 */
function drawSoon(update: () => void): void {
  if (waiting.size === 0) setTimeout(draw, DRAW_AFTER_MS);
  waiting.add(update);
}

function draw(): void {
  const updates = [...waiting];
  waiting.clear();
  for (const update of updates) update();
}

export function follow<T>(source: Watchable<T>): Followed<T> {
  const subscribe = createSubscriber((update) => {
    const unsubscribe = source.subscribe(() => {
      drawSoon(update);
    });
    return () => {
      waiting.delete(update);
      unsubscribe();
    };
  });
  return {
    get current() {
      subscribe();
      return source.current;
    },
  };
}
