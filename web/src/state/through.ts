/** Something of whatever there is at present, as one thing to watch. */
import type { Watchable } from '../session/index.ts';

/** Tells when the outer one is replaced, and of every change of what it holds. */
export function through<Outer, Inner>(
  outer: Watchable<Outer | null>,
  pick: (current: Outer) => Watchable<Inner>,
): Watchable<Inner | null> {
  const inner = (): Watchable<Inner> | null =>
    outer.current === null ? null : pick(outer.current);
  return {
    get current() {
      return inner()?.current ?? null;
    },
    subscribe(changed) {
      let watched = inner();
      let stopInner = watched?.subscribe(changed);
      const stopOuter = outer.subscribe(() => {
        const now = inner();
        if (now !== watched) {
          stopInner?.();
          watched = now;
          stopInner = now?.subscribe(changed);
        }
        changed();
      });
      return () => {
        stopOuter();
        stopInner?.();
      };
    },
  };
}
