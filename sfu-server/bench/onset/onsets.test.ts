import { expect, it } from 'vitest';
import { Onsets } from './onsets.ts';

it('an onset is known again by its payload, at every listener, and nothing else is', () => {
  const onsets = new Onsets();
  const first = onsets.send(100);
  const second = onsets.send(250);
  // As it lies in the middle of a packet.
  const inPacket = Buffer.concat([Buffer.alloc(12), second]).subarray(12);
  onsets.arrive(inPacket, 253);
  onsets.arrive(first, 254);
  onsets.arrive(second, 255);
  onsets.arrive(Buffer.alloc(80), 256);
  onsets.arrive(first.subarray(0, 40), 257);
  expect(onsets.sent).toBe(2);
  expect(onsets.delays).toEqual([3, 154, 5]);
});
