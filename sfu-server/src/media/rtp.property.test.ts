/**
 * RTP packets as they may come from anyone: any bytes at all, and any packet that RFC 3550 and
 * RFC 8285 allow. On a failure fast-check prints the seed.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRtp, writeSlotPacket } from './rtp.ts';
import { SlotStream } from './slotStream.ts';

const RUNS = { numRuns: 2000 };
const LEVEL_ID = 5;

const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((it) => Buffer.from(it));

interface Element {
  readonly id: number;
  readonly value: Buffer;
  /** Zeros after it. */
  readonly padding: number;
}
/** Of any id but the level's. */
const element = (longest: number, shortest: number) =>
  fc.record<Element>({
    id: fc.integer({ min: 1, max: 14 }).filter((id) => id !== LEVEL_ID),
    value: fc
      .uint8Array({ minLength: shortest, maxLength: longest })
      .map((value) => Buffer.from(value)),
    padding: fc.integer({ min: 0, max: 3 }),
  });

const written = ({ id, value, padding }: Element, twoBytes: boolean): Buffer => {
  const head = twoBytes ? [id, value.length] : [(id << 4) | (value.length - 1)];
  return Buffer.concat([Buffer.from(head), value, Buffer.alloc(padding)]);
};

/** Elements around one with a level, in one of the two forms; null: no extension at all. */
const extension = fc.option(
  fc.boolean().chain((twoBytes) => {
    const some = fc.array(element(twoBytes ? 20 : 16, twoBytes ? 0 : 1), { maxLength: 4 });
    return fc.record({
      twoBytes: fc.constant(twoBytes),
      bits: fc.integer({ min: 0, max: twoBytes ? 15 : 0 }),
      before: some,
      after: some,
      level: fc.option(fc.integer({ min: 0, max: 127 })),
    });
  }),
);

const packet = fc.record({
  sequenceNumber: uint16,
  timestamp: uint32,
  marker: fc.boolean(),
  payloadType: fc.integer({ min: 0, max: 127 }),
  csrcs: fc.array(uint32, { maxLength: 15 }),
  padding: fc.integer({ min: 0, max: 255 }),
  payload: bytes(60),
  extension,
});
type Packet = typeof packet extends fc.Arbitrary<infer T> ? T : never;

const uint32Bytes = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};

const encode = (it: Packet): Buffer => {
  const head = Buffer.alloc(12);
  head[0] = 0x80 | (it.padding > 0 ? 0x20 : 0) | (it.extension ? 0x10 : 0) | it.csrcs.length;
  head[1] = (it.marker ? 0x80 : 0) | it.payloadType;
  head.writeUInt16BE(it.sequenceNumber, 2);
  head.writeUInt32BE(it.timestamp, 4);
  const parts = [head, ...it.csrcs.map(uint32Bytes)];
  if (it.extension) {
    const { twoBytes, bits, before, after, level } = it.extension;
    const own = { id: LEVEL_ID, value: Buffer.from([0x80 | (level ?? 0)]), padding: 0 };
    const elements = Buffer.concat(
      [...before, ...(level === null ? [] : [own]), ...after].map((one) => written(one, twoBytes)),
    );
    const words = Math.ceil(elements.length / 4);
    const start = Buffer.alloc(4);
    start.writeUInt16BE(twoBytes ? 0x1000 | bits : 0xbede, 0);
    start.writeUInt16BE(words, 2);
    parts.push(start, elements, Buffer.alloc(4 * words - elements.length));
  }
  parts.push(it.payload);
  if (it.padding > 0) parts.push(Buffer.alloc(it.padding - 1), Buffer.from([it.padding]));
  return Buffer.concat(parts);
};

it('reads every packet that there can be, and writes it as one of a slot', () => {
  fc.assert(
    fc.property(packet, uint32, (it, csrc) => {
      const read = readRtp(encode(it), LEVEL_ID);
      const level = it.extension?.level ?? null;
      const { sequenceNumber, timestamp, marker, payloadType, payload } = it;
      const common = { sequenceNumber, timestamp, marker, payloadType };
      expect(read).toMatchObject({ ...common, voice: level !== null });
      expect(read?.payload.equals(payload)).toBe(true);
      if (!read) throw new Error('not read');
      expect(read.level === null ? null : Math.abs(read.level)).toBe(level);
      const header = { ...common, ssrc: 7, csrc, levelId: 1 };
      const again = readRtp(writeSlotPacket(read, header), 1);
      expect(again).toMatchObject(common);
      expect(again?.payload.equals(payload)).toBe(true);
    }),
    RUNS,
  );
});

it('never stumbles over bytes that are none, or that were cut or changed', () => {
  const spoilt = fc
    .record({ it: packet, cut: fc.nat(200), at: fc.nat(80), to: fc.integer({ min: 0, max: 255 }) })
    .map(({ it, cut, at, to }) => {
      const whole = encode(it);
      const part = whole.subarray(0, Math.max(0, whole.length - cut));
      if (at < part.length) part[at] = to;
      return part;
    });
  fc.assert(
    fc.property(fc.oneof(bytes(120), spoilt), fc.integer({ min: 0, max: 255 }), (any, levelId) => {
      const read = readRtp(any, levelId);
      if (!read) return;
      expect(read.level ?? 0).toBeLessThanOrEqual(0);
      expect(read.level ?? 0).toBeGreaterThanOrEqual(-127);
      expect(read.payload.length).toBeLessThanOrEqual(any.length - 12);
    }),
    RUNS,
  );
});

/** What two people send by turns, with loss, disorder, repetition and pauses on the way. */
const turns = fc.array(
  fc.record({
    owner: fc.constantFrom('ana', 'bo'),
    packets: fc.integer({ min: 1, max: 60 }),
    lost: fc.uniqueArray(fc.nat(59), { maxLength: 10 }),
    swapped: fc.uniqueArray(fc.nat(59), { maxLength: 10 }),
    twice: fc.uniqueArray(fc.nat(59), { maxLength: 10 }),
    pauseMs: fc.integer({ min: 0, max: 5000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it('never goes back at a switch, gives no number to two packets, and keeps each owner’s order', () => {
  fc.assert(
    fc.property(turns, uint16, uint32, (all, firstNumber, firstTime) => {
      const stream = new SlotStream<string>();
      const sentBy = new Map<string, { number: number; time: number }>();
      /** Unwrapped, by what came in: the same packet twice is the same number twice. */
      const given = new Map<number, string>();
      let newest: number | null = null;
      let now = 0;
      for (const { owner, packets, lost, swapped, twice, pauseMs } of all) {
        now += pauseMs;
        const start = sentBy.get(owner) ?? { number: firstNumber, time: firstTime };
        const order = Array.from({ length: packets }, (_, index) => index);
        for (const index of swapped) {
          const [one, other] = [order[index], order[index + 1]];
          if (one !== undefined && other !== undefined) order.splice(index, 2, other, one);
        }
        const arriving = order
          .filter((index) => !lost.includes(index))
          .flatMap((index) => (twice.includes(index) ? [index, index] : [index]));
        let switching = true;
        const newestBefore = newest;
        for (const index of arriving) {
          now += 20;
          const number = (start.number + index) % 0x1_0000;
          const time = (start.time + index * 960 + pauseMs * 48) % 0x1_0000_0000;
          const numbers = { sequenceNumber: number, timestamp: time, marker: false };
          const out = stream.carry(owner, numbers, now);
          if (!out) {
            expect(switching).toBe(false);
            continue;
          }
          const at: number =
            newest === null ? out.sequenceNumber : newest + signed(out.sequenceNumber - newest);
          const what = `${owner} ${start.number + index}`;
          expect(given.get(at) ?? what).toBe(what);
          given.set(at, what);
          // Nothing of this turn lies before what was sent in the turns before it.
          if (newestBefore !== null) expect(at).toBeGreaterThan(newestBefore);
          switching = false;
          newest = Math.max(newest ?? at, at);
        }
        stream.release();
        sentBy.set(owner, {
          number: (start.number + packets) % 0x1_0000,
          time: (start.time + packets * 960 + pauseMs * 48) % 0x1_0000_0000,
        });
      }
    }),
    { numRuns: 500 },
  );
});

/** The short way round a circle of 65,536. */
const signed = (difference: number): number =>
  ((((difference + 0x8000) % 0x1_0000) + 0x1_0000) % 0x1_0000) - 0x8000;
