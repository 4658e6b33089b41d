/** First packets of turns: marked when they are sent, known again wherever they arrive. Pure. */

const MARK = Buffer.from('onset');
/** A frame of Opus at 32 kbit/s. */
const FRAME_BYTES = 80;

export class Onsets {
  readonly #sentAt: number[] = [];
  readonly #delays: number[] = [];

  /** The payload of the next onset. @param now monotonic ms */
  send(now: number): Buffer {
    const payload = Buffer.alloc(FRAME_BYTES);
    MARK.copy(payload);
    payload.writeUInt32BE(this.#sentAt.length, MARK.length);
    this.#sentAt.push(now);
    return payload;
  }

  /** A packet at a listener; most are none of these. */
  arrive(payload: Uint8Array, now: number): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (bytes.length !== FRAME_BYTES || MARK.compare(bytes, 0, MARK.length) !== 0) return;
    const sentAt = this.#sentAt[bytes.readUInt32BE(MARK.length)];
    if (sentAt !== undefined) this.#delays.push(now - sentAt);
  }

  get sent(): number {
    return this.#sentAt.length;
  }

  /** From the send to the receive at each listener, ms. */
  get delays(): readonly number[] {
    return this.#delays;
  }
}
