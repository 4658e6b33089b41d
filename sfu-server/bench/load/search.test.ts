import { describe, expect, it } from 'vitest';
import { largestThatHolds } from './search.ts';

const OPTIONS = { from: 200, step: 100, finest: 25, most: 1000 };

/** The result, and every size that was tried. */
const search = async (border: number, options = OPTIONS) => {
  const tried: number[] = [];
  const found = await largestThatHolds(options, (size) => {
    tried.push(size);
    return Promise.resolve(size <= border);
  });
  return { found, tried };
};

describe('the largest size that holds', () => {
  it('is found to the finest step', async () => {
    expect(await search(430)).toEqual({ found: 425, tried: [200, 300, 400, 500, 450, 425] });
    expect(await search(499)).toMatchObject({ found: 475 });
  });

  it('is looked for below the first size too', async () => {
    expect(await search(60)).toMatchObject({ found: 50 });
    expect(await search(0)).toMatchObject({ found: 0 });
  });

  it('is not looked for beyond the most', async () => {
    expect(await search(5000, { ...OPTIONS, most: 400 })).toEqual({
      found: 400,
      tried: [200, 300, 400],
    });
  });

  it('is right for every border', async () => {
    for (let border = 0; border < 1000; border += 7) {
      const { found } = await search(border);
      expect(found).toBeLessThanOrEqual(border);
      expect(border - found).toBeLessThan(25);
    }
  });
});
