// RTP packets as bytes and back (RFC 3550, header extensions of RFC 8285, audio levels of RFC 6464).
// Pure: no sockets, no clocks.

export interface HeaderExtension {
  /** As negotiated for this stream. */
  readonly id: number;
  readonly value: Uint8Array;
}

interface RtpHeader {
  readonly payloadType: number;
  /** 16 bits; larger values wrap. */
  readonly sequenceNumber: number;
  /** 32 bits; larger values wrap. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  readonly csrcs: readonly number[];
  readonly extensions: readonly HeaderExtension[];
}

export interface RtpPacket extends RtpHeader {
  readonly payload: Uint8Array;
}

export interface AudioLevel {
  /** dBov, −127 (silence) … 0 (loudest). */
  readonly level: number;
  /** The sender thinks that this is speech. */
  readonly voice: boolean;
}

const FIXED_HEADER_BYTES = 12;
const ONE_BYTE_PROFILE = 0xbede;
/** The low four bits of a two-byte profile are for the application. */
const TWO_BYTE_PROFILE = 0x1000;
const MAX_CSRCS = 15;

/** True for RTCP, which shares the port with RTP (RFC 5761 section 4). */
export function isRtcp(data: Uint8Array): boolean {
  const second = data[1] ?? 0;
  return second >= 192 && second <= 223;
}

export function buildRtp(packet: RtpPacket): Buffer {
  if (packet.csrcs.length > MAX_CSRCS)
    throw new RangeError(`an RTP packet names at most ${MAX_CSRCS} sources`);
  const extensions = packExtensions(packet.extensions);
  const payloadOffset = FIXED_HEADER_BYTES + packet.csrcs.length * 4 + extensions.length;
  const data = Buffer.alloc(payloadOffset + packet.payload.length);

  data[0] = 0x80 | (extensions.length > 0 ? 0x10 : 0) | packet.csrcs.length;
  data[1] = (packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f);
  data.writeUInt16BE(packet.sequenceNumber & 0xffff, 2);
  data.writeUInt32BE(packet.timestamp >>> 0, 4);
  data.writeUInt32BE(packet.ssrc >>> 0, 8);
  packet.csrcs.forEach((csrc, index) =>
    data.writeUInt32BE(csrc >>> 0, FIXED_HEADER_BYTES + index * 4),
  );
  data.set(extensions, FIXED_HEADER_BYTES + packet.csrcs.length * 4);
  data.set(packet.payload, payloadOffset);
  return data;
}

/** Undefined when the bytes are not an RTP packet: RTCP, another version, or cut short. */
export function parseRtp(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < FIXED_HEADER_BYTES || (bytes[0] ?? 0) >> 6 !== 2 || isRtcp(bytes))
    return undefined;
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = data.readUInt8(0);
  const second = data.readUInt8(1);

  let offset = FIXED_HEADER_BYTES;
  const csrcCount = flags & 0x0f;
  if (data.length < offset + csrcCount * 4) return undefined;
  const csrcs: number[] = [];
  for (let index = 0; index < csrcCount; index++, offset += 4)
    csrcs.push(data.readUInt32BE(offset));

  let extensions: HeaderExtension[] = [];
  if (flags & 0x10) {
    if (data.length < offset + 4) return undefined;
    const profile = data.readUInt16BE(offset);
    const length = data.readUInt16BE(offset + 2) * 4;
    offset += 4;
    if (data.length < offset + length) return undefined;
    extensions = unpackExtensions(profile, data.subarray(offset, offset + length));
    offset += length;
  }

  // The last byte counts the padding, itself included.
  const padding = flags & 0x20 ? data.readUInt8(data.length - 1) : 0;
  if (offset + padding > data.length) return undefined;

  return {
    payloadType: second & 0x7f,
    sequenceNumber: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    marker: (second & 0x80) !== 0,
    csrcs,
    extensions,
    payload: data.subarray(offset, data.length - padding),
  };
}

export function encodeLevel({ level, voice }: AudioLevel): Uint8Array {
  const attenuation = Math.min(127, Math.max(0, Math.round(-level)));
  return Uint8Array.of((voice ? 0x80 : 0) | attenuation);
}

export function decodeLevel(value: Uint8Array): AudioLevel | undefined {
  const byte = value[0];
  if (byte === undefined) return undefined;
  // `0 - x`, because `-0` would compare unequal to 0 in tests.
  return { level: 0 - (byte & 0x7f), voice: (byte & 0x80) !== 0 };
}

function packExtensions(extensions: readonly HeaderExtension[]): Uint8Array {
  if (extensions.length === 0) return new Uint8Array();
  const oneByte = extensions.every(
    ({ id, value }) => id <= 14 && value.length >= 1 && value.length <= 16,
  );
  const bytes: number[] = [];
  for (const { id, value } of extensions) {
    if (id < 1 || id > 255 || value.length > 255)
      throw new RangeError(`header extension ${id} does not fit`);
    if (oneByte) bytes.push((id << 4) | (value.length - 1), ...value);
    else bytes.push(id, value.length, ...value);
  }
  while (bytes.length % 4 !== 0) bytes.push(0);

  const packed = Buffer.alloc(4 + bytes.length);
  packed.writeUInt16BE(oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE, 0);
  packed.writeUInt16BE(bytes.length / 4, 2);
  packed.set(bytes, 4);
  return packed;
}

function unpackExtensions(profile: number, data: Buffer): HeaderExtension[] {
  const oneByte = profile === ONE_BYTE_PROFILE;
  if (!oneByte && (profile & 0xfff0) !== TWO_BYTE_PROFILE) return [];
  const found: HeaderExtension[] = [];
  let offset = 0;
  while (offset < data.length) {
    const first = data.readUInt8(offset);
    if (first === 0) {
      // Padding.
      offset += 1;
      continue;
    }
    const id = oneByte ? first >> 4 : first;
    // In the one-byte form id 15 ends the list.
    if (oneByte && id === 15) break;
    if (!oneByte && offset + 1 >= data.length) break;
    const headerBytes = oneByte ? 1 : 2;
    const length = oneByte ? (first & 0x0f) + 1 : data.readUInt8(offset + 1);
    const start = offset + headerBytes;
    if (start + length > data.length) break;
    found.push({ id, value: data.subarray(start, start + length) });
    offset = start + length;
  }
  return found;
}
