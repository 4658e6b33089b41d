import { describe, expect, it } from 'vitest';
import { rowAfter, stopAmong } from './roving.ts';

const shape = { first: 1, count: 10, perLine: 3, pageLines: 2 };

describe('a key', () => {
  it.each([
    ['ArrowRight', 4, 5],
    ['ArrowLeft', 4, 3],
    ['ArrowDown', 4, 7],
    ['ArrowUp', 4, 1],
    ['PageDown', 1, 7],
    ['PageUp', 8, 2],
    ['Home', 8, 1],
    ['End', 1, 9],
  ])('%s leads from row %d to row %d', (key, from, to) => {
    expect(rowAfter(key, from, shape)).toBe(to);
  });

  it('leads not beyond the list, nor to oneself at its head', () => {
    expect(rowAfter('ArrowDown', 8, shape)).toBe(9);
    expect(rowAfter('ArrowUp', 2, shape)).toBe(1);
    expect(rowAfter('ArrowRight', 9, shape)).toBeNull();
    expect(rowAfter('Home', 1, shape)).toBeNull();
  });

  it('that is none of the list’s leads nowhere', () => {
    expect(rowAfter('m', 4, shape)).toBeNull();
    expect(rowAfter('Tab', 4, shape)).toBeNull();
  });
});

it('Tab comes back to where one was while that is drawn', () => {
  expect(stopAmong(30, { first: 20, end: 40 })).toBe(30);
  expect(stopAmong(5, { first: 20, end: 40 })).toBe(20);
  expect(stopAmong(-1, { first: 1, end: 40 })).toBe(1);
});
