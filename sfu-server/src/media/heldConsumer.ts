/**
 * A consumer with its reasons to be paused. mediasoup has one flag; sound flows only when no reason
 * is left, so lifting one must not lift another.
 */
import { ConsumerId } from '@veche/protocol';
import type { Consumer } from 'mediasoup/types';
import { fromWorker } from './guard.ts';

/**
 * `client`: asked for; `hold`: the listener has the room on hold; `own_voice`: it speaks there;
 * `narrow_line`: there is no place for a picture.
 */
type PauseReason = 'client' | 'hold' | 'own_voice' | 'narrow_line';

export class HeldConsumer {
  readonly id: ConsumerId;
  readonly consumer: Consumer;
  /** Consumers are created paused, until the client has built its side. */
  readonly #reasons = new Set<PauseReason>(['client']);

  constructor(consumer: Consumer) {
    this.id = ConsumerId.parse(consumer.id);
    this.consumer = consumer;
  }

  /** Nothing is sent for a reason of the listener's own. */
  get isPausedByListener(): boolean {
    return this.#reasons.has('client') || this.#reasons.has('hold');
  }

  isFor(reason: PauseReason): boolean {
    return this.#reasons.has(reason);
  }

  async set(reason: PauseReason, paused: boolean): Promise<void> {
    if (paused) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    // The channel keeps order, so the last call decides.
    await fromWorker(this.#reasons.size > 0 ? this.consumer.pause() : this.consumer.resume());
  }
}
