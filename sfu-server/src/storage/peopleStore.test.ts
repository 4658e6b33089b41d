import { CallId, DeviceId, UserId } from '@veche/protocol';
import type { User } from '@veche/protocol';
import { beforeEach, expect, it } from 'vitest';
import type { CallStore, PeopleStore } from '../app/ports.ts';
import { createCallStore } from './callStore.ts';
import { openDatabase } from './database.ts';
import { createPeopleStore } from './peopleStore.ts';

let people: PeopleStore;
let calls: CallStore;
beforeEach(() => {
  const database = openDatabase(':memory:');
  people = createPeopleStore(database);
  calls = createCallStore(database);
});

const person = (name: string, tokensUntil: number): User => {
  const user = { id: UserId.parse(`user-${name}`), name };
  people.save(user, 0, tokensUntil);
  return user;
};

const call = (caller: User, callee: User): void => {
  calls.write({
    id: CallId.parse(`call-${caller.name}-${callee.name}`),
    caller,
    callerDevice: DeviceId.parse('device-1'),
    callee,
    calleeDevice: null,
    rang: [],
    media: 'audio',
    placedAt: 1,
    answeredAt: null,
    ended: { at: 2, outcome: 'no_answer' },
  });
};

const known = (): string[] => people.search('', undefined, 100).people.map(({ name }) => name);

it('forgets those all of whose tokens are over, a few at once', () => {
  for (let index = 0; index < 5; index++) person(`guest-${index}`, 100);
  person('ana', 101);
  const bo = person('bo', 300);
  // An older token of his, told of later.
  people.save(bo, 50, 50);
  expect(people.forget(100, 10)).toBe(0);
  expect(people.forget(101, 3)).toBe(3);
  expect(people.forget(101, 3)).toBe(2);
  expect(people.forget(101, 3)).toBe(0);
  expect(known()).toEqual(['ana', 'bo']);
});

it('forgets nobody whose name stands in the history of somebody who can still read it', () => {
  const [ana, bo] = [person('ana', 100), person('bo', 100)];
  const [cyd, dan] = [person('cyd', 100), person('dan', 500)];
  call(ana, bo);
  call(cyd, dan);
  expect(people.forget(200, 10)).toBe(2);
  expect(known()).toEqual(['cyd', 'dan']);
  expect(calls.history(ana.id, undefined).entries).toEqual([]);
  expect(calls.history(bo.id, undefined).entries).toEqual([]);
  expect(calls.history(dan.id, undefined).entries).toMatchObject([{ peer: cyd }]);
  // Once nobody can read it any more, it goes too.
  expect(people.forget(600, 10)).toBe(2);
  expect(calls.history(dan.id, undefined).entries).toEqual([]);
});
