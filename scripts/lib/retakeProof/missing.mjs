import { afterEach, beforeEach, expect, it } from 'vitest';
import { machine } from './machine.mjs';

let tries = 0;
/** @type {string | undefined} */
let last;

beforeEach(({ task }) => {
  tries = task.name === last ? tries + 1 : 1;
  last = task.name;
  machine.disturbed = task.name.includes('disturbed');
});
afterEach(({ task }) => {
  if (task.name.includes('leaves') && tries === 1) throw new Error('something is left');
});

it('misses once, disturbed', () => {
  expect(tries).toBe(2);
});
it('leaves once, disturbed', () => undefined);
it('misses always, disturbed', () => {
  throw new Error(`missed ${tries}`);
});
it('misses once, in peace', () => {
  expect(tries).toBe(2);
});
it('holds, disturbed', () => undefined);
