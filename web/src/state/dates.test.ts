import { expect, it } from 'vitest';
import { untilWords, whenWords } from './dates.ts';

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

it.each([
  ['en-GB', '2026-11-22T14:40:00', '14:40'],
  // Not before it is over.
  ['en-GB', '2026-11-22T14:40:01', '14:41'],
  ['en-GB', '2026-11-22T23:59:30', 'tomorrow, 00:00'],
  ['ru', '2026-11-23T14:30:00', 'завтра, 14:30'],
  ['ru', '2026-12-03T08:00:00', '3 декабря, 08:00'],
  ['en-GB', '2027-01-03T08:00:00', '3 January 2027, 08:00'],
])('says in %s until %s', (language, until, expected) => {
  expect(untilWords(new Date(until).getTime(), now, language)).toBe(expected);
});
