/**
 * RTP packets (RFC 3550) as slots need them: read what a microphone sent, write what a slot carries.
 * Pure functions over buffers.
 */

export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** RFC 6464, dBov: 0 is the loudest, −127 silence; null where the packet has none. */
  readonly level: number | null;
  /** The voice bit of RFC 6464. */
  readonly voice: boolean;
  /** Without padding; of the same memory. */
  readonly payload: Buffer;
}

const VERSION = 2;
const FIXED_BYTES = 12;
/** Profiles of RFC 8285: elements with headers of one byte, and of two. */
const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;

/**
 * Null for what is not RTP.
 * @param levelId id of the level's header extension in this stream
 */
export const readRtp = (packet: Buffer, levelId: number): RtpPacket | null => {
  if (packet.length < FIXED_BYTES) return null;
  const first = packet.readUInt8(0);
  const second = packet.readUInt8(1);
  if (first >> 6 !== VERSION) return null;
  let offset = FIXED_BYTES + 4 * (first & 0x0f);
  let sound: Sound = { level: null, voice: false };
  if ((first & 0x10) !== 0) {
    if (packet.length < offset + 4) return null;
    const profile = packet.readUInt16BE(offset);
    const length = 4 * packet.readUInt16BE(offset + 2);
    offset += 4;
    if (packet.length < offset + length) return null;
    sound = readLevel(packet.subarray(offset, offset + length), profile, levelId);
    offset += length;
  }
  const padding = (first & 0x20) !== 0 ? (packet.at(-1) ?? 0) : 0;
  if (offset + padding > packet.length) return null;
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequenceNumber: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ...sound,
    payload: packet.subarray(offset, packet.length - padding),
  };
};

type Sound = Pick<RtpPacket, 'level' | 'voice'>;

const readLevel = (elements: Buffer, profile: number, levelId: number): Sound => {
  const twoBytes = (profile & 0xfff0) === TWO_BYTE;
  if (!twoBytes && profile !== ONE_BYTE) return { level: null, voice: false };
  let offset = 0;
  while (offset < elements.length) {
    const head = elements.readUInt8(offset);
    offset += 1;
    // A zero pads.
    if (head === 0) continue;
    const id = twoBytes ? head : head >> 4;
    // RFC 8285, 4.2: 15 ends the elements.
    if (!twoBytes && id === 15) break;
    const length = twoBytes ? (elements[offset] ?? 0) : (head & 0x0f) + 1;
    if (twoBytes) offset += 1;
    const value = elements[offset];
    if (id === levelId && length > 0 && value !== undefined) {
      return { level: -(value & 0x7f), voice: (value & 0x80) !== 0 };
    }
    offset += length;
  }
  return { level: null, voice: false };
};

export interface SlotHeader {
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Who speaks: the participant's number. */
  readonly csrc: number;
  /** Id of the level's header extension in the slot's stream, 1–14. */
  readonly levelId: number;
}

const CSRC_BYTES = 4;
const EXTENSION_BYTES = 8;

/** A packet of a slot: one CSRC, and the level as its only header extension. */
export const writeSlotPacket = (packet: RtpPacket, header: SlotHeader): Buffer => {
  const { payload, level, voice, payloadType } = packet;
  const start = FIXED_BYTES + CSRC_BYTES + EXTENSION_BYTES;
  const out = Buffer.allocUnsafe(start + payload.length);
  out[0] = (VERSION << 6) | 0x10 | 1;
  out[1] = (header.marker ? 0x80 : 0) | payloadType;
  out.writeUInt16BE(header.sequenceNumber, 2);
  out.writeUInt32BE(header.timestamp, 4);
  out.writeUInt32BE(header.ssrc, 8);
  out.writeUInt32BE(header.csrc, 12);
  out.writeUInt16BE(ONE_BYTE, 16);
  out.writeUInt16BE(1, 18);
  out[20] = header.levelId << 4;
  out[21] = (voice ? 0x80 : 0) | -(level ?? -127);
  out[22] = 0;
  out[23] = 0;
  payload.copy(out, start);
  return out;
};
