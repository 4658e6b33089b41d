/**
 * The voice of a large room: hears every open microphone, lets domain/voiceFloor.ts choose, and
 * passes the chosen packets on to the slots of every router that has listeners.
 */
import { ProducerId } from '@veche/protocol';
import type { Consumer, DirectTransport, Producer, Router } from 'mediasoup/types';
import { VoiceFloor } from '../domain/voiceFloor.ts';
import type { FloorOptions } from '../domain/voiceFloor.ts';
import { fromWorker } from './guard.ts';
import { readRtp, writeSlotPacket } from './rtp.ts';
import type { RtpPacket } from './rtp.ts';
import { LEVEL_ID, LEVEL_URI, SlotOutput, ssrcOf } from './slotOutput.ts';
import { pauseBetween, SlotStream } from './slotStream.ts';

/** A participant who may speak. */
export interface Speaker {
  /** What its packets carry as CSRC. */
  readonly number: number;
  /** Its voice is in this slot now, or in none: it must not hear that one. */
  ownSlot(slot: number | null): void;
}

/** The observer tells of an interval that is over: whoever spoke in it may have lost the slot since. */
const JUST_LEFT_MS = 1000;

const SLOT_NAME = /^slot:(\d+)$/;

/** How clients know a slot, whatever router they are on. */
const slotName = (slot: number): ProducerId => ProducerId.parse(`slot:${slot}`);
export const slotOfName = (name: string): number | null => {
  const digits = SLOT_NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
};

export class VoiceSlots {
  readonly #router: Router;
  readonly #input: DirectTransport;
  /** The slots as each router that has listeners knows them. */
  readonly #outputs = new Map<Router, SlotOutput>();
  readonly #floor: VoiceFloor<Speaker>;
  readonly #streams: readonly SlotStream<Speaker>[];
  readonly #owners: (Speaker | null)[];
  /** Up to which change of the floor `#owners` is right. */
  #followed = 0;
  /** When somebody lost a slot, monotonic ms. */
  readonly #leftAt = new WeakMap<Speaker, number>();
  /** Those that are listened to, or about to be. */
  readonly #microphones = new Set<Producer>();

  private constructor(router: Router, input: DirectTransport, options: FloorOptions) {
    this.#router = router;
    this.#input = input;
    this.#floor = new VoiceFloor(options);
    this.#streams = Array.from({ length: options.slots }, () => new SlotStream());
    this.#owners = Array.from({ length: options.slots }, () => null);
  }

  static async create(router: Router, options: FloorOptions): Promise<VoiceSlots> {
    const input = await fromWorker(router.createDirectTransport(), (late) => {
      late.close();
    });
    try {
      const slots = new VoiceSlots(router, input, options);
      await slots.openOn(router);
      return slots;
    } catch (error) {
      input.close();
      throw error;
    }
  }

  /** Lets listeners on this router hear the slots as well, until it closes. */
  async openOn(router: Router): Promise<void> {
    if (this.#outputs.has(router)) return;
    const output = await SlotOutput.create(router, this.#streams.length);
    if (router.closed || this.#input.closed) {
      output.close();
      return;
    }
    this.#outputs.set(router, output);
    router.observer.once('close', () => this.#outputs.delete(router));
  }

  get names(): ProducerId[] {
    return this.#streams.map((_, slot) => slotName(slot));
  }

  /** The producer behind the name of a slot, as listeners on this router consume it. */
  producerId(slot: number, router: Router): string | undefined {
    return this.#outputs.get(router)?.producerId(slot);
  }

  /** Whether listeners hear somebody in a slot, or did a moment ago. */
  carries(speaker: Speaker): boolean {
    const leftAt = this.#leftAt.get(speaker) ?? -Infinity;
    return this.#owners.includes(speaker) || performance.now() - leftAt < JUST_LEFT_MS;
  }

  /** Listens to a microphone until its producer closes. */
  async add(microphone: Producer, speaker: Speaker): Promise<void> {
    if (this.#microphones.has(microphone)) return;
    this.#microphones.add(microphone);
    try {
      this.#listen(microphone, speaker, await this.#consume(microphone));
    } catch (error) {
      this.#microphones.delete(microphone);
      // It may have been closed in between; then there is nothing to listen to.
      if (!microphone.closed && !this.#input.closed) throw error;
    }
  }

  #consume(microphone: Producer): Promise<Consumer> {
    return fromWorker(
      this.#input.consume({
        producerId: microphone.id,
        rtpCapabilities: this.#router.rtpCapabilities,
        paused: false,
      }),
      (late) => {
        late.close();
      },
    );
  }

  #listen(microphone: Producer, speaker: Speaker, consumer: Consumer): void {
    const levelId =
      consumer.rtpParameters.headerExtensions?.find(({ uri }) => uri === LEVEL_URI)?.id ?? 0;
    let before: RtpPacket | null = null;
    consumer.on('rtp', (data) => {
      const packet = readRtp(data, levelId);
      if (!packet) return;
      this.#carry(speaker, packet, before ? pauseBetween(before, packet) : 0);
      before = packet;
    });
    const silence = (): void => {
      this.#silence(speaker);
    };
    consumer.on('producerpause', silence);
    consumer.observer.once('close', () => {
      this.#microphones.delete(microphone);
      silence();
    });
  }

  close(): void {
    for (const speaker of new Set(this.#owners)) speaker?.ownSlot(null);
    this.#input.close();
    for (const output of this.#outputs.values()) output.close();
    this.#outputs.clear();
  }

  #carry(speaker: Speaker, packet: RtpPacket, pausedMs: number): void {
    const now = performance.now();
    const slot = this.#floor.hear(speaker, packet.level, now, pausedMs);
    this.#followOwners();
    const numbers = slot === null ? null : this.#streams[slot]?.carry(speaker, packet, now);
    if (slot === null || !numbers) return;
    const { number: csrc } = speaker;
    const header = { ...numbers, ssrc: ssrcOf(slot), csrc, levelId: LEVEL_ID };
    const written = writeSlotPacket(packet, header);
    for (const output of this.#outputs.values()) output.send(slot, written);
  }

  #silence(speaker: Speaker): void {
    const slot = this.#floor.slotOf(speaker);
    this.#floor.silence(speaker);
    if (slot !== null) this.#streams[slot]?.release();
    this.#followOwners();
  }

  /** Before the next packet is sent: whoever speaks in a slot must not hear it. */
  #followOwners(): void {
    if (this.#followed === this.#floor.changes) return;
    this.#followed = this.#floor.changes;
    for (const [slot, owner] of this.#floor.owners.entries()) {
      const before = this.#owners[slot] ?? null;
      if (owner === before) continue;
      this.#owners[slot] = owner;
      if (before && this.#floor.slotOf(before) === null) {
        this.#leftAt.set(before, performance.now());
        before.ownSlot(null);
      }
      owner?.ownSlot(slot);
    }
  }
}
