/** The one implementation of `Watchable`. */
import type { Watchable } from './api.ts';

export class Observable<T> implements Watchable<T> {
  #current: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#current = initial;
  }

  get current(): T {
    return this.#current;
  }

  /** Tells the listeners, unless it is the very same value. */
  set(value: T): void {
    if (Object.is(value, this.#current)) return;
    this.#current = value;
    for (const changed of [...this.#listeners]) {
      try {
        changed();
      } catch (error) {
        // A fault of the listener's; it must not stop what goes on here.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  subscribe(changed: () => void): () => void {
    // A wrapper of its own, so that the same function can be given twice.
    const listener = () => {
      changed();
    };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** Resolves as soon as the value is as wished. */
export const settled = <T>(watchable: Watchable<T>, isSo: (value: T) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(watchable.current)) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = watchable.subscribe(look);
    look();
  });

/** Whether two lists hold the same things in the same order. */
export const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
