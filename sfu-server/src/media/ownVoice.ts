/** Keeps a participant from hearing its own voice in a slot. */
import type { HeldConsumer } from './heldConsumer.ts';
import type { Speaker } from './voiceSlots.ts';

export class OwnVoice implements Speaker {
  readonly number: number;
  readonly #consumers = new Map<number, HeldConsumer>();
  #slot: number | null = null;

  constructor(number: number) {
    this.number = number;
  }

  /** The participant's consumer of a slot, until it closes. */
  add(slot: number, held: HeldConsumer): void {
    this.#consumers.set(slot, held);
    held.consumer.observer.once('close', () => this.#consumers.delete(slot));
    if (slot === this.#slot) pause(held, true);
  }

  ownSlot(slot: number | null): void {
    const before = this.#slot === null ? undefined : this.#consumers.get(this.#slot);
    this.#slot = slot;
    if (before) pause(before, false);
    const own = slot === null ? undefined : this.#consumers.get(slot);
    if (own) pause(own, true);
  }
}

/**
 * Not waited for: requests and packets go to the worker through one channel, in order, so what is
 * sent after this is not heard.
 */
const pause = (held: HeldConsumer, paused: boolean): void => {
  held.set('own_voice', paused).catch(() => {
    // It closed in the meantime, or its worker died.
  });
};
