/**
 * Finds the one track that breaks a negotiation. mediasoup-client negotiates a batch as one, so one
 * bad track fails all of them and the transport with them; on the next transport they are taken one
 * by one, and the one that fails again is left alone for a while.
 */
import type { ProducerId } from '@veche/protocol';
import { RequestError } from './errors.ts';
import type { Timers } from './ports.ts';

const BARRED_FOR_MS = 30_000;

export class Suspects {
  readonly #timers: Timers;
  readonly #until = new Map<ProducerId, number>();
  #oneByOne = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  bar(id: ProducerId): void {
    this.#until.set(id, this.#timers.now() + BARRED_FOR_MS);
  }

  barred(id: ProducerId): boolean {
    return this.#timers.now() < (this.#until.get(id) ?? 0);
  }

  /** Builds all at once, or carefully after a failure. Rejects when the transport broke. */
  async build<O extends { readonly producerId: ProducerId }, R>(
    offers: readonly O[],
    buildBatch: (batch: readonly O[]) => Promise<R[]>,
  ): Promise<R[]> {
    const results: R[] = [];
    const batches = this.#oneByOne ? offers.map((offer) => [offer]) : [offers];
    for (const batch of batches) {
      if (batch.length === 0) continue;
      try {
        results.push(...(await buildBatch(batch)));
      } catch (error) {
        this.#blame(batch, error);
        throw error;
      }
    }
    this.#oneByOne = false;
    return results;
  }

  #blame(batch: readonly { readonly producerId: ProducerId }[], error: unknown): void {
    // It was the connection, not the track.
    if (error instanceof RequestError) return;
    const [only, ...others] = batch;
    if (only && others.length === 0) this.bar(only.producerId);
    this.#oneByOne = true;
  }
}
