/**
 * The numbers of a slot's packets: one unbroken stream, whoever speaks in it. As long as somebody
 * speaks, their own numbers are only shifted, so that a lost packet stays visible and a repaired one
 * keeps its place. Pure.
 */
import type { RtpPacket } from './rtp.ts';

/** Opus: 48,000 ticks a second, 20 ms in a packet. */
const TICKS_PER_MS = 48;
const PACKET_TICKS = 960;

const SEQUENCE = 0x1_0000;
const TIME = 0x1_0000_0000;

const wrap = (value: number, size: number): number => ((value % size) + size) % size;
/** How far `value` is after `other`, on a circle; negative where it is before. */
const after = (value: number, other: number, size: number): number =>
  wrap(value - other + size / 2, size) - size / 2;

/** How long the sender sent nothing on purpose between two packets, ms: lost ones have numbers. */
export const pauseBetween = (
  earlier: Pick<RtpPacket, 'sequenceNumber' | 'timestamp'>,
  later: Pick<RtpPacket, 'sequenceNumber' | 'timestamp'>,
): number => {
  const packets = after(later.sequenceNumber, earlier.sequenceNumber, SEQUENCE);
  const ticks = after(later.timestamp, earlier.timestamp, TIME);
  return packets > 0 ? Math.max(0, ticks - packets * PACKET_TICKS) / TICKS_PER_MS : 0;
};

export type Numbers = Pick<RtpPacket, 'sequenceNumber' | 'timestamp' | 'marker'>;

export class SlotStream<Owner> {
  #owner: Owner | null = null;
  /** The owner's first packet: what was sent before it is not for this slot. */
  #first = 0;
  #sequenceOffset = 0;
  #timeOffset = 0;
  /** The newest that was sent. */
  #last: { sequenceNumber: number; timestamp: number; at: number } | null = null;

  /**
   * The numbers under which a packet goes out; null for one that comes too late.
   * @param now monotonic ms
   */
  carry(owner: Owner, packet: Numbers, now: number): Numbers | null {
    const switched = owner !== this.#owner;
    if (switched) this.#switch(owner, packet, now);
    else if (after(packet.sequenceNumber, this.#first, SEQUENCE) < 0) return null;
    const sequenceNumber = wrap(packet.sequenceNumber + this.#sequenceOffset, SEQUENCE);
    const timestamp = wrap(packet.timestamp + this.#timeOffset, TIME);
    const newest = this.#last;
    if (!newest || after(sequenceNumber, newest.sequenceNumber, SEQUENCE) > 0) {
      this.#last = { sequenceNumber, timestamp, at: now };
      // Sequence numbers come round: the first one stays within half a circle behind.
      if (after(packet.sequenceNumber, this.#first, SEQUENCE) > SEQUENCE / 4) {
        this.#first = wrap(packet.sequenceNumber - SEQUENCE / 8, SEQUENCE);
      }
    }
    return { sequenceNumber, timestamp, marker: switched || packet.marker };
  }

  /** The next packet begins a new turn, also one of the same owner. */
  release(): void {
    this.#owner = null;
  }

  #switch(owner: Owner, packet: Numbers, now: number): void {
    this.#owner = owner;
    this.#first = packet.sequenceNumber;
    const last = this.#last ?? { ...packet, at: now };
    // The time that passed stays in the stream, in whole packets: nothing is stretched or concealed.
    const passed = Math.round(((now - last.at) * TICKS_PER_MS) / PACKET_TICKS) * PACKET_TICKS;
    const timestamp = last.timestamp + Math.max(PACKET_TICKS, passed);
    this.#sequenceOffset = last.sequenceNumber + 1 - packet.sequenceNumber;
    this.#timeOffset = timestamp - packet.timestamp;
  }
}
