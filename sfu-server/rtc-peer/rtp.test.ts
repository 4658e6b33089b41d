import { describe, expect, it } from 'vitest';
import { buildRtp, decodeLevel, encodeLevel, isRtcp, parseRtp, type RtpPacket } from './rtp.ts';

const plain: RtpPacket = {
  payloadType: 111,
  sequenceNumber: 65_535,
  timestamp: 4_294_967_295,
  ssrc: 3_735_928_559,
  marker: true,
  csrcs: [],
  extensions: [],
  payload: Uint8Array.of(1, 2, 3),
};

function roundTrip(packet: RtpPacket): RtpPacket {
  const parsed = parseRtp(buildRtp(packet));
  if (parsed === undefined) throw new Error('not parsed');
  return {
    ...parsed,
    payload: Uint8Array.from(parsed.payload),
    extensions: parsed.extensions.map(({ id, value }) => ({ id, value: Uint8Array.from(value) })),
  };
}

describe('RTP packets', () => {
  it('lays out the header as RFC 3550 says', () => {
    const bytes = buildRtp({
      ...plain,
      csrcs: [7],
      extensions: [{ id: 10, value: Uint8Array.of(0x99) }],
    });
    expect(bytes.toString('hex')).toBe('91efffffffffffffdeadbeef00000007bede0001a0990000010203');
  });

  it('reads back what it wrote', () => {
    expect(roundTrip(plain)).toEqual(plain);
    const full = {
      ...plain,
      marker: false,
      csrcs: [1, 4_294_967_295],
      extensions: [
        { id: 1, value: Uint8Array.of(0x30) },
        { id: 14, value: new Uint8Array(16).fill(9) },
      ],
      payload: new Uint8Array(),
    };
    expect(roundTrip(full)).toEqual(full);
  });

  it('takes the two-byte form where the one-byte form does not fit', () => {
    const wide = {
      ...plain,
      extensions: [
        { id: 15, value: new Uint8Array(17).fill(5) },
        { id: 200, value: new Uint8Array() },
      ],
    };
    expect(roundTrip(wide)).toEqual(wide);
  });

  it('wraps numbers that counted past their field', () => {
    const { sequenceNumber, timestamp } = roundTrip({
      ...plain,
      sequenceNumber: 65_536,
      timestamp: 2 ** 32 + 5,
    });
    expect({ sequenceNumber, timestamp }).toEqual({ sequenceNumber: 0, timestamp: 5 });
  });

  it('leaves padding out of the payload', () => {
    const bytes = Buffer.concat([buildRtp(plain), Buffer.from([0, 0, 3])]);
    bytes[0] = (bytes[0] ?? 0) | 0x20;
    expect([...(parseRtp(bytes)?.payload ?? [])]).toEqual([1, 2, 3]);
  });

  it('refuses what is not a whole RTP packet', () => {
    const bytes = buildRtp({
      ...plain,
      csrcs: [7],
      extensions: [{ id: 1, value: Uint8Array.of(1) }],
    });
    for (let length = 0; length < bytes.length - plain.payload.length; length++) {
      expect(parseRtp(bytes.subarray(0, length))).toBeUndefined();
    }
    const otherVersion = Buffer.from(bytes);
    otherVersion[0] = 0x40;
    expect(parseRtp(otherVersion)).toBeUndefined();
    const overPadded = buildRtp({ ...plain, payload: Uint8Array.of(200) });
    overPadded[0] = (overPadded[0] ?? 0) | 0x20;
    expect(parseRtp(overPadded)).toBeUndefined();
  });

  it('knows RTCP by its second byte', () => {
    const senderReport = Buffer.alloc(28);
    senderReport.set([0x80, 200]);
    expect(isRtcp(senderReport)).toBe(true);
    expect(parseRtp(senderReport)).toBeUndefined();
    expect(isRtcp(buildRtp(plain))).toBe(false);
  });

  it('refuses what an RTP header cannot say', () => {
    expect(() => buildRtp({ ...plain, csrcs: new Array<number>(16).fill(1) })).toThrow(RangeError);
    expect(() => buildRtp({ ...plain, extensions: [{ id: 0, value: Uint8Array.of(1) }] })).toThrow(
      RangeError,
    );
  });
});

describe('audio levels', () => {
  it('are dBov with a voice bit', () => {
    expect(decodeLevel(encodeLevel({ level: -25, voice: true }))).toEqual({
      level: -25,
      voice: true,
    });
    expect(decodeLevel(encodeLevel({ level: 0, voice: false }))).toEqual({
      level: 0,
      voice: false,
    });
    expect(encodeLevel({ level: -25, voice: true })).toEqual(Uint8Array.of(0x99));
  });

  it('stay within their seven bits', () => {
    expect(decodeLevel(encodeLevel({ level: -500, voice: false }))?.level).toBe(-127);
    expect(decodeLevel(encodeLevel({ level: 6, voice: false }))?.level).toBe(0);
    expect(decodeLevel(new Uint8Array())).toBeUndefined();
  });
});
