import { expect, it } from 'vitest';
import { hueOf, initialsOf } from './person.ts';

it.each([
  ['Ana', 'A'],
  ['ana petrović', 'AP'],
  ['  Мария  Ивановна Смирнова ', 'МИ'],
  ['👩‍👩‍👧 Family', '👩‍👩‍👧F'],
  ['é', 'É'],
])('initials of %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

it('gives each id a hue of its own that stays', () => {
  const hues = Array.from({ length: 100 }, (_, index) => hueOf(`user-${index}`));
  expect(hues).toEqual(hues.map((_, index) => hueOf(`user-${index}`)));
  expect(new Set(hues).size).toBeGreaterThan(70);
  expect(Math.min(...hues)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...hues)).toBeLessThan(360);
});
