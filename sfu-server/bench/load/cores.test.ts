import { expect, it } from 'vitest';
import { parseCpuList, share } from './cores.ts';

it('reads a list of cores', () => {
  expect(parseCpuList('0-2,5\n')).toEqual([0, 1, 2, 5]);
  expect(parseCpuList('7')).toEqual([7]);
  expect(parseCpuList('')).toEqual([]);
});

it('gives the server one core and the load all others', () => {
  expect(share([2, 3, 6])).toEqual({ server: '2', load: '3,6' });
  expect(share([0])).toEqual({ server: null, load: null });
});
