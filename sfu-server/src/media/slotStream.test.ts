import { describe, expect, it } from 'vitest';
import { pauseBetween, SlotStream, type Numbers } from './slotStream.ts';

const at = (sequenceNumber: number, timestamp: number, marker = false): Numbers => ({
  sequenceNumber,
  timestamp,
  marker,
});

describe('one owner', () => {
  it('goes on without a break where its numbers come round', () => {
    const stream = new SlotStream<string>();
    let before = stream.carry('ana', at(65_000, 4_294_000_000), 0);
    const broken: number[] = [];
    for (let index = 1; index < 70_000; index++) {
      const inSequence = (65_000 + index) % 65_536;
      const inTime = (4_294_000_000 + index * 960) % 4_294_967_296;
      const out = stream.carry('ana', at(inSequence, inTime), index * 20);
      const unbroken =
        out?.sequenceNumber === ((before?.sequenceNumber ?? 0) + 1) % 65_536 &&
        out.timestamp === ((before?.timestamp ?? 0) + 960) % 4_294_967_296 &&
        !out.marker;
      if (!unbroken) broken.push(index);
      before = out;
    }
    expect(broken).toEqual([]);
  });

  it('leaves a lost packet visible and gives a repaired one its place', () => {
    const stream = new SlotStream<string>();
    const first = stream.carry('ana', at(10, 0), 0)?.sequenceNumber ?? 0;
    expect(stream.carry('ana', at(12, 1920), 40)?.sequenceNumber).toBe(first + 2);
    expect(stream.carry('ana', at(11, 960), 45)).toMatchObject({ sequenceNumber: first + 1 });
    expect(stream.carry('ana', at(13, 2880), 60)?.sequenceNumber).toBe(first + 3);
  });

  it('keeps the gaps of DTX', () => {
    const stream = new SlotStream<string>();
    const first = stream.carry('ana', at(10, 0), 0);
    const next = stream.carry('ana', at(11, 19_200), 400);
    expect((next?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(19_200);
  });
});

describe('a switch', () => {
  it('goes on with the next number, marked, after the time that really passed', () => {
    const stream = new SlotStream<string>();
    const last = stream.carry('ana', at(100, 5000), 0);
    const next = stream.carry('bo', at(40_000, 1_000_000), 61);
    expect(next).toEqual({
      sequenceNumber: (last?.sequenceNumber ?? 0) + 1,
      timestamp: (last?.timestamp ?? 0) + 3 * 960,
      marker: true,
    });
    const back = stream.carry('ana', at(103, 9000), 62);
    expect(back?.sequenceNumber).toBe((next?.sequenceNumber ?? 0) + 1);
    expect(back?.timestamp).toBe((next?.timestamp ?? 0) + 960);
  });

  it('drops what the new owner sent before it, and nothing else', () => {
    const stream = new SlotStream<string>();
    stream.carry('ana', at(100, 0), 0);
    stream.carry('bo', at(2, 96_000), 20);
    expect(stream.carry('bo', at(1, 95_040), 21)).toBeNull();
    expect(stream.carry('bo', at(65_530, 90_000), 22)).toBeNull();
    expect(stream.carry('bo', at(3, 96_960), 40)).not.toBeNull();
  });

  it('is one after a release, also to the same owner', () => {
    const stream = new SlotStream<string>();
    const last = stream.carry('ana', at(100, 0), 0);
    stream.release();
    const next = stream.carry('ana', at(900, 480_000), 1000);
    expect(next?.marker).toBe(true);
    expect(next?.sequenceNumber).toBe((last?.sequenceNumber ?? 0) + 1);
    expect((next?.timestamp ?? 0) - (last?.timestamp ?? 0)).toBe(48_000);
  });

  it('holds over the end of both circles', () => {
    const stream = new SlotStream<string>();
    stream.carry('ana', at(65_535, 4_294_967_000), 0);
    const next = stream.carry('bo', at(7, 7), 20);
    expect(next?.sequenceNumber).toBeGreaterThanOrEqual(0);
    expect(next?.sequenceNumber).toBeLessThan(65_536);
    expect(next?.timestamp).toBeLessThan(4_294_967_296);
    const more = stream.carry('bo', at(8, 967), 40);
    expect(more?.sequenceNumber).toBe(((next?.sequenceNumber ?? 0) + 1) % 65_536);
  });
});

describe('a pause', () => {
  it('is what the sender left out, not what was lost or came late', () => {
    const next = at(11, 960);
    expect(pauseBetween(at(10, 0), next)).toBe(0);
    expect(pauseBetween(at(10, 0), at(11, 19_200))).toBe(380);
    expect(pauseBetween(at(10, 0), at(30, 19_200))).toBe(0);
    expect(pauseBetween(next, at(10, 0))).toBe(0);
    expect(pauseBetween(at(65_535, 4_294_967_296 - 960), at(0, 9600))).toBe(200);
  });
});
