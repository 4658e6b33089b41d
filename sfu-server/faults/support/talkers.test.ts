import type { RoomId } from '@veche/protocol';
import { expect, it } from 'vitest';
import type { Arrival } from './member.ts';
import { lostAmong } from './talkers.ts';

const arrival = (count: number): Arrival => ({ speaker: 1, count, at: count * 20, epoch: 1 });

const listening = (...counts: readonly number[]) => {
  const roomId = 'room' as RoomId;
  const arrivals = counts.map(arrival);
  const speaker = { number: 1, roomId, arrivals: [{ ...arrival(0), speaker: 0 }] };
  return { arrivals, members: [{ number: 0, roomId, arrivals }, speaker] };
};

it('does not take for lost what comes late', async () => {
  const { arrivals, members } = listening(0, 1, 3);
  const lost = lostAmong(members);
  arrivals.push(arrival(2));
  expect(await lost).toBe(0);
});

it('takes for lost what does not come', async () => {
  expect(await lostAmong(listening(0, 1, 4).members)).toBe(2);
});
