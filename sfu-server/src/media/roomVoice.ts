/** The microphones of a room, and the slots that carry them while there are slots. */
import type { ProducerId } from '@veche/protocol';
import type { Producer, Router } from 'mediasoup/types';
import type { FloorOptions } from '../domain/voiceFloor.ts';
import { VoiceSlots } from './voiceSlots.ts';
import type { Speaker } from './voiceSlots.ts';

export class RoomVoice {
  readonly #router: Router;
  readonly #options: FloorOptions;
  readonly #microphones = new Map<Producer, Speaker>();
  #slots: Promise<VoiceSlots> | null = null;
  #opened: VoiceSlots | null = null;

  constructor(router: Router, options: FloorOptions) {
    this.#router = router;
    this.#options = options;
  }

  /** A microphone that was published; heard until its producer closes. */
  async add(microphone: Producer, speaker: Speaker): Promise<void> {
    this.#microphones.set(microphone, speaker);
    microphone.observer.once('close', () => this.#microphones.delete(microphone));
    const slots = await this.#slots;
    if (slots && !microphone.closed) await slots.add(microphone, speaker);
  }

  /** Opens the slots, unless they are open; their names. */
  async open(): Promise<ProducerId[]> {
    this.#slots ??= this.#create();
    return (await this.#slots).names;
  }

  /** Whether there are slots, or will be in a moment. */
  get hasSlots(): boolean {
    return this.#slots !== null;
  }

  /** Lets listeners on another router hear the slots; false where there are none. */
  async openOn(router: Router): Promise<boolean> {
    const slots = await this.#slots;
    await slots?.openOn(router);
    return slots !== null && slots === this.#opened;
  }

  /** Whether listeners hear it through a slot, and so see by themselves who speaks. */
  isInSlot(microphone: Producer): boolean {
    const speaker = this.#microphones.get(microphone);
    return speaker !== undefined && this.#opened?.carries(speaker) === true;
  }

  close(): void {
    this.#opened = null;
    const slots = this.#slots;
    this.#slots = null;
    slots?.then(
      (it) => {
        it.close();
      },
      () => undefined,
    );
  }

  /** The producer that carries a slot on this router; undefined where there are no slots. */
  async producerId(slot: number, router: Router): Promise<string | undefined> {
    return (await this.#slots)?.producerId(slot, router);
  }

  async #create(): Promise<VoiceSlots> {
    try {
      const slots = await VoiceSlots.create(this.#router, this.#options);
      await Promise.all(
        [...this.#microphones].map(([microphone, speaker]) => slots.add(microphone, speaker)),
      );
      this.#opened = slots;
      return slots;
    } catch (error) {
      this.#slots = null;
      throw error;
    }
  }
}
