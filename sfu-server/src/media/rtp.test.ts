import { describe, expect, it } from 'vitest';
import { readRtp, writeSlotPacket } from './rtp.ts';

const PAYLOAD = Buffer.from([1, 2, 3, 4, 5]);

interface Parts {
  readonly csrcs?: readonly number[];
  readonly extension?: { readonly profile: number; readonly elements: readonly number[] };
  readonly padding?: number;
  readonly marker?: boolean;
}

/** A packet as RFC 3550 describes it. */
const packetOf = ({ csrcs = [], extension, padding = 0, marker = false }: Parts = {}): Buffer => {
  const head = Buffer.alloc(12);
  head[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs.length;
  head[1] = (marker ? 0x80 : 0) | 100;
  head.writeUInt16BE(65_535, 2);
  head.writeUInt32BE(4_294_967_295, 4);
  head.writeUInt32BE(77, 8);
  const sources = csrcs.map((csrc) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(csrc);
    return bytes;
  });
  const parts = [head, ...sources];
  if (extension) {
    const words = Math.ceil(extension.elements.length / 4);
    const bytes = Buffer.alloc(4 + 4 * words);
    bytes.writeUInt16BE(extension.profile, 0);
    bytes.writeUInt16BE(words, 2);
    Buffer.from(extension.elements).copy(bytes, 4);
    parts.push(bytes);
  }
  parts.push(PAYLOAD);
  if (padding > 0) parts.push(Buffer.from([...Array<number>(padding - 1).fill(0), padding]));
  return Buffer.concat(parts);
};

describe('reading', () => {
  it('takes the numbers and the payload', () => {
    expect(readRtp(packetOf({ marker: true }), 1)).toEqual({
      marker: true,
      payloadType: 100,
      sequenceNumber: 65_535,
      timestamp: 4_294_967_295,
      level: null,
      voice: false,
      payload: PAYLOAD,
    });
  });

  it.each([
    ['one-byte elements', { profile: 0xbede, elements: [0x10, 0xaa, 0x50, 0x80 | 30] }],
    ['padding between them', { profile: 0xbede, elements: [0, 0, 0x50, 0x80 | 30] }],
    ['longer ones before', { profile: 0xbede, elements: [0x22, 9, 9, 9, 0x50, 0x80 | 30] }],
    ['two-byte elements', { profile: 0x1000, elements: [2, 0, 7, 1, 4, 5, 1, 0x80 | 30] }],
    ['two-byte elements with bits', { profile: 0x1003, elements: [5, 1, 0x80 | 30] }],
  ])('finds the level among %s', (_what, extension) => {
    const packet = readRtp(packetOf({ extension, csrcs: [1, 2, 3], padding: 4 }), 5);
    expect(packet).toMatchObject({ level: -30, voice: true, payload: PAYLOAD });
  });

  it.each([
    ['another profile', { profile: 0x1234, elements: [0x50, 30] }],
    ['no such element', { profile: 0xbede, elements: [0x10, 30] }],
    ['the end of the elements before it', { profile: 0xbede, elements: [0xf0, 0x50, 30, 0] }],
    ['an element that is cut short', { profile: 0xbede, elements: [0x1f, 0, 0, 0] }],
    ['an empty two-byte element', { profile: 0x1000, elements: [5, 0, 0, 0] }],
  ])('finds none with %s', (_what, extension) => {
    expect(readRtp(packetOf({ extension }), 5)).toMatchObject({ level: null, payload: PAYLOAD });
  });

  it('refuses what is not a packet, at every length', () => {
    const whole = packetOf({
      csrcs: [1, 2],
      extension: { profile: 0xbede, elements: [0x50, 30] },
      padding: 3,
    });
    for (let length = 0; length < 12 + 8 + 8; length++) {
      expect(readRtp(whole.subarray(0, length), 5)).toBeNull();
    }
    expect(readRtp(Buffer.from([0x40, ...whole.subarray(1)]), 5)).toBeNull();
    const tooMuchPadding = packetOf({ padding: 3 });
    tooMuchPadding[tooMuchPadding.length - 1] = 200;
    expect(readRtp(tooMuchPadding, 5)).toBeNull();
  });
});

describe('writing', () => {
  it('gives a packet that is read back as it was meant', () => {
    const extension = { profile: 0xbede, elements: [0x50, 0x80 | 42] };
    const packet = readRtp(packetOf({ extension, csrcs: [8], padding: 2 }), 5);
    if (!packet) throw new Error('not read');
    const header = {
      ssrc: 700_001,
      sequenceNumber: 3,
      timestamp: 9,
      marker: true,
      csrc: 12,
      levelId: 1,
    };
    const out = writeSlotPacket(packet, header);
    expect(readRtp(out, 1)).toEqual({ ...packet, sequenceNumber: 3, timestamp: 9, marker: true });
    expect(out.readUInt32BE(8)).toBe(700_001);
    expect(out.readUInt8(0) & 0x0f).toBe(1);
    expect(out.readUInt32BE(12)).toBe(12);
  });

  it('calls a packet without a level silent', () => {
    const packet = readRtp(packetOf(), 5);
    if (!packet) throw new Error('not read');
    const header = { ssrc: 1, sequenceNumber: 1, timestamp: 1, marker: false, csrc: 1, levelId: 1 };
    expect(readRtp(writeSlotPacket(packet, header), 1)?.level).toBe(-127);
  });
});
