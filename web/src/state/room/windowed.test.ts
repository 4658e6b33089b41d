import { expect, it } from 'vitest';
import { windowed } from './windowed.ts';

const rows = { count: 1000, perLine: 3, lineHeight: 50 };

it('draws what is on the screen and a little more', () => {
  expect(windowed({ above: 5000, height: 800 }, rows)).toEqual({
    first: 282,
    end: 366,
    before: 4700,
    after: 10_600,
  });
});

it('starts with the first and ends with the last', () => {
  expect(windowed({ above: -300, height: 800 }, rows)).toMatchObject({ first: 0, before: 0 });
  expect(windowed({ above: 16_000, height: 800 }, rows)).toMatchObject({ end: 1000, after: 0 });
});

it.each([-1e6, -100, 0, 2500, 1e6])('is as high as the whole list at %d', (above) => {
  const { first, end, before, after } = windowed({ above, height: 700 }, rows);
  const drawn = Math.ceil((end - first) / rows.perLine) * rows.lineHeight;
  expect(before + drawn + after).toBe(334 * 50);
});

it('draws nothing of nobody', () => {
  expect(windowed({ above: 0, height: 700 }, { ...rows, count: 0 })).toEqual({
    first: 0,
    end: 0,
    before: 0,
    after: 0,
  });
});
