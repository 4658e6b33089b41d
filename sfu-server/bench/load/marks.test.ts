import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtp } from '../../rtc-peer/rtp.ts';
import { csrcOf, indexOf, markedLength, payloadBytesOf } from './marks.ts';

describe('the mark of a packet', () => {
  it('is known again as long as it is not older than the round of lengths', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(127), (index, since) => {
        expect(indexOf(markedLength(index), index + since)).toBe(index);
      }),
    );
  });

  it('is of no packet before the first, nor of another length', () => {
    expect(indexOf(markedLength(5), 3)).toBeLessThan(0);
    expect(indexOf(15, 200)).toBe(-1);
    expect(indexOf(144, 200)).toBe(-1);
  });
});

describe('a packet that cannot be decrypted', () => {
  const packet = (options: { csrcs?: number[]; level?: boolean }): Buffer =>
    buildRtp({
      payloadType: 100,
      sequenceNumber: 1,
      timestamp: 2,
      ssrc: 3,
      marker: false,
      csrcs: options.csrcs ?? [],
      extensions: options.level === true ? [{ id: 1, value: Uint8Array.of(20) }] : [],
      // 40 bytes and the tag.
      payload: new Uint8Array(56),
    });

  it('still says who speaks and how long it is', () => {
    for (const level of [true, false]) {
      const one = packet({ csrcs: [0xfedc_ba98], level });
      expect(csrcOf(one)).toBe(0xfedc_ba98);
      expect(payloadBytesOf(one, 16)).toBe(40);
    }
  });

  it('says nothing without a CSRC, or as RTCP', () => {
    expect(csrcOf(packet({}))).toBe(-1);
    expect(csrcOf(Uint8Array.of(0x81, 200, 0, 1, 0, 0, 0, 1))).toBe(-1);
    expect(csrcOf(new Uint8Array())).toBe(-1);
  });
});
