import { expect, it } from 'vitest';
import en from './en.json' with { type: 'json' };
import ru from './ru.json' with { type: 'json' };
import { localeOf, translate } from './translate.ts';

const english = { code: 'en', texts: en };
const russian = { code: 'ru', texts: ru };

it('puts values in their places, as they are', () => {
  const text = translate([english], 'room.speakingTwo', { name: '<b>$&</b>', other: '{{name}}' });
  expect(text).toBe('<b>$&</b> and {{name}} are speaking');
});

it.each([
  [1, '1 person', '1 человек'],
  [3, '3 people', '3 человека'],
  [11, '11 people', '11 человек'],
  [21, '21 people', '21 человек'],
])('counts to %d', (count, inEnglish, inRussian) => {
  expect(translate([english], 'room.people', { count })).toBe(inEnglish);
  expect(translate([russian, english], 'room.people', { count })).toBe(inRussian);
});

it('needs no plural form where a count is only told', () => {
  expect(
    translate([{ code: 'en', texts: { app: { name: '{{count}}' } } }], 'app.name', { count: 2 }),
  ).toBe('2');
});

it('falls back to the next language, and to the key', () => {
  const empty = { code: 'de', texts: {} };
  expect(translate([empty, english], 'app.name')).toBe('Veche');
  expect(translate([empty], 'app.name')).toBe('app.name');
});

it.each([
  ['en', ['ru', 'en-GB', 'en-US'], 'en-GB'],
  ['en', ['en', 'en-GB'], 'en'],
  ['ru', ['en-GB'], 'ru'],
])('writes hours and dates in %s for %s as in %s', (code, wishes, expected) => {
  expect(localeOf(code, wishes)).toBe(expected);
});
