/** The one bridge from the headless session to Svelte: reading `current` in a component follows it. */
import { createSubscriber } from 'svelte/reactivity';
import type { Watchable } from '../session/index.ts';

export interface Followed<T> {
  readonly current: T;
}

export function follow<T>(source: Watchable<T>): Followed<T> {
  const subscribe = createSubscriber((update) => source.subscribe(update));
  return {
    get current() {
      subscribe();
      return source.current;
    },
  };
}
