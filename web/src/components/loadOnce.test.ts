import { expect, it } from 'vitest';
import { loadOnce } from './loadOnce.ts';

it('loads once', async () => {
  let loads = 0;
  const load = loadOnce(() => Promise.resolve((loads += 1)));
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

it('tries again after a failure', async () => {
  let loads = 0;
  const load = loadOnce(() => {
    loads += 1;
    return loads === 1 ? Promise.reject(new Error('offline')) : Promise.resolve('here');
  });
  await expect(load()).rejects.toThrow('offline');
  expect(await load()).toBe('here');
});
