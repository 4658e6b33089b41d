import { expect, it } from 'vitest';
import { whenWords } from './dates.ts';

const now = new Date(2026, 10, 22, 14, 30).getTime();
const at = (...parts: [number, number, number, number, number]): string =>
  whenWords(new Date(...parts).getTime(), now, 'en-GB');

it.each([
  [at(2026, 10, 22, 9, 5), '09:05'],
  [at(2026, 10, 21, 23, 59), 'Yesterday, 23:59'],
  [at(2026, 10, 18, 8, 0), 'Wed 08:00'],
  [at(2026, 2, 3, 8, 0), '3 Mar'],
  [at(2025, 11, 31, 8, 0), '31 Dec 2025'],
])('says %s', (said, expected) => {
  expect(said.replace(',', '')).toBe(expected.replace(',', ''));
});

it('speaks the language', () => {
  expect(whenWords(new Date(2026, 10, 21, 10, 0).getTime(), now, 'ru')).toBe('Вчера, 10:00');
});
