/** Waiting for a condition, with a deadline. */
const LOOK_EVERY_MS = 10;

/** Resolves with the first truthy answer; rejects with `what` after `withinMs`. */
export const until = async <T>(
  look: () => T | Promise<T>,
  what: string | (() => string),
  withinMs = 5000,
): Promise<NonNullable<T>> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > end) {
      throw new Error(`not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};
