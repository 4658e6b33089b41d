/**
 * How a packet tells which one it is, also to whoever cannot decrypt it: SRTP leaves the header
 * readable and the length as it is. A speaker's packets differ in length, and CSRC says whose they are:
 * the server writes it into slots, and native forwarding keeps what the speaker wrote. Pure.
 */

/** Lengths in turn; at 50 packets a second they come round after 2.5 s. */
const LENGTHS = 128;
/** 16 … 143 bytes, 80 on average: Opus at 32 kbit/s. */
const SHORTEST_BYTES = 16;

const FIXED_HEADER_BYTES = 12;

export const markedLength = (index: number): number => SHORTEST_BYTES + (index % LENGTHS);

/**
 * Which packet has this length: the newest possible one; −1 for none that was sent.
 * @param newest of those sent so far
 */
export const indexOf = (payloadBytes: number, newest: number): number => {
  const place = payloadBytes - SHORTEST_BYTES;
  if (place < 0 || place >= LENGTHS) return -1;
  return newest - ((((newest - place) % LENGTHS) + LENGTHS) % LENGTHS);
};

/**
 * CSRC and length of the payload of an RTP packet that was encrypted, in one number each so that
 * nothing is allocated; −1 for what is no such packet.
 */
export const csrcOf = (packet: Uint8Array): number => {
  const first = packet[0] ?? 0;
  if (first >> 6 !== 2 || (first & 0x0f) === 0 || isRtcp(packet)) return -1;
  const at = FIXED_HEADER_BYTES;
  return (
    ((packet[at] ?? 0) * 0x100_0000 +
      ((packet[at + 1] ?? 0) << 16) +
      ((packet[at + 2] ?? 0) << 8) +
      (packet[at + 3] ?? 0)) >>>
    0
  );
};

/** @param tagBytes what the SRTP suite adds: 16 of AEAD_AES_128_GCM */
export const payloadBytesOf = (packet: Uint8Array, tagBytes: number): number => {
  const first = packet[0] ?? 0;
  let header = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    header += 4 + 4 * (((packet[header + 2] ?? 0) << 8) + (packet[header + 3] ?? 0));
  }
  return packet.length - header - tagBytes;
};

/** RTCP shares the port with RTP (RFC 5761, section 4). */
const isRtcp = (packet: Uint8Array): boolean => {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
};
