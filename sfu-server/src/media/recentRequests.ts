/**
 * The last requests that reached a worker with what a client wrote in them: when it dies, one of
 * them may have killed it (mediasoup has had such faults, like an empty list of fingerprints).
 */
import type { RequestName } from '@veche/protocol';

/** Remembered of each worker. */
const MOST = 50;
/** Longer ones are cut: this is kept in memory and written to the log. */
const MAX_CHARACTERS = 2000;

interface RecentRequest {
  /** ISO 8601. */
  readonly at: string;
  readonly request: RequestName;
  /** JSON. */
  readonly payload: string;
}

export class RecentRequests {
  readonly #requests: { at: number; request: RequestName; payload: object }[] = [];

  note(request: RequestName, payload: object): void {
    if (this.#requests.length === MOST) this.#requests.shift();
    this.#requests.push({ at: Date.now(), request, payload });
  }

  /** Oldest first. */
  get list(): RecentRequest[] {
    return this.#requests.map(({ at, request, payload }) => ({
      at: new Date(at).toISOString(),
      request,
      payload: JSON.stringify(payload).slice(0, MAX_CHARACTERS),
    }));
  }
}
