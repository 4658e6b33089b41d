/** How long somebody who joins waits for sound. */
import type { RoomPerson } from '../load/people.ts';

const WITHIN_MS = 30_000;

/**
 * Listens until the first packet.
 * @param since monotonic ms
 * @returns ms since then
 */
export const heardWithin = async (person: RoomPerson, since: number): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timeout = setTimeout(() => {
    reject(new Error(`no sound after ${WITHIN_MS} ms`));
  }, WITHIN_MS);
  const listening = person.listen(() => {
    resolve(performance.now() - since);
  });
  try {
    await listening;
    return await promise;
  } finally {
    clearTimeout(timeout);
  }
};
