import { expect, it } from 'vitest';
import { cornerByKey, CORNERS, nearestCorner, nextCorner } from './corner.ts';

it('goes to the corner that is nearest', () => {
  const area = { width: 100, height: 200 };
  expect(nearestCorner({ x: 10, y: 10 }, area)).toBe('top-left');
  expect(nearestCorner({ x: 51, y: 99 }, area)).toBe('top-right');
  expect(nearestCorner({ x: 49, y: 101 }, area)).toBe('bottom-left');
  expect(nearestCorner({ x: 400, y: 400 }, area)).toBe('bottom-right');
});

it('is moved by the arrow keys, and stays where there is no further', () => {
  expect(cornerByKey('ArrowUp', 'bottom-right')).toBe('top-right');
  expect(cornerByKey('ArrowLeft', 'top-right')).toBe('top-left');
  expect(cornerByKey('ArrowLeft', 'top-left')).toBe('top-left');
  expect(cornerByKey('ArrowDown', 'top-left')).toBe('bottom-left');
  expect(cornerByKey('ArrowRight', 'bottom-left')).toBe('bottom-right');
  expect(cornerByKey('Enter', 'bottom-left')).toBeNull();
});

it('visits every corner by pressing alone', () => {
  const seen = new Set(CORNERS);
  let at = nextCorner('bottom-right');
  while (seen.delete(at)) at = nextCorner(at);
  expect(seen.size).toBe(0);
});
