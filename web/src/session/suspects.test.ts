import { ProducerId } from '@veche/protocol';
import { expect, it } from 'vitest';
import { RequestError } from './errors.ts';
import { Suspects } from './suspects.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const offers = ['a', 'bad', 'c'].map((id) => ({ producerId: ProducerId.parse(id) }));
const bad = ProducerId.parse('bad');

const breaking = (batches: string[][]) => (batch: readonly { producerId: ProducerId }[]) => {
  batches.push(batch.map(({ producerId }) => producerId));
  return batch.some(({ producerId }) => producerId === bad)
    ? Promise.reject(new Error('broken'))
    : Promise.resolve([]);
};

it('finds the one that breaks the others', async () => {
  const timers = new SteppedTimers();
  const suspects = new Suspects(timers);
  const batches: string[][] = [];
  await expect(suspects.build(offers, breaking(batches))).rejects.toThrow('broken');
  expect(suspects.barred(bad)).toBe(false);
  await expect(suspects.build(offers, breaking(batches))).rejects.toThrow('broken');
  expect(suspects.barred(bad)).toBe(true);
  const others = offers.filter(({ producerId }) => !suspects.barred(producerId));
  await suspects.build(others, breaking(batches));
  await suspects.build(others, breaking(batches));
  expect(batches).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['a'], ['c'], ['a', 'c']]);
  await timers.advance(30_000);
  expect(suspects.barred(bad)).toBe(false);
});

it('does not blame a track for the connection', async () => {
  const suspects = new Suspects(new SteppedTimers());
  const offline = () => Promise.reject(RequestError.offline('transport:connect'));
  await expect(suspects.build(offers.slice(0, 1), offline)).rejects.toThrow();
  expect(suspects.barred(ProducerId.parse('a'))).toBe(false);
});
