/** A deadline for everything that the browser benchmarks wait for. */
const WITHIN_MS = 20_000;

export const withDeadline = <T>(promise: Promise<T>, what: string): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`not within ${WITHIN_MS} ms: ${what}`));
      }, WITHIN_MS).unref();
    }),
  ]);
