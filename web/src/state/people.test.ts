import { UserId, type Data, type Person } from '@veche/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { SteppedTimers } from '../session/testing/steppedTimers.ts';
import { People } from './people.ts';

const person = (name: string): Person => ({
  id: UserId.parse(name.toLowerCase()),
  name,
  presence: 'online',
});
const [me, bo, cyd] = ['Ana', 'Bo', 'Cyd'].map(person) as [Person, Person, Person];

const listPeople = vi.fn(
  ({ query, cursor }: { query?: string; cursor?: string } = {}): Promise<Data<'people:list'>> => {
    if (cursor !== undefined) return Promise.resolve({ people: [cyd] });
    return Promise.resolve(
      query === undefined ? { people: [me, bo], next: '2' } : { people: [bo] },
    );
  },
);
let timers: SteppedTimers;
let people: People;

beforeEach(async () => {
  listPeople.mockClear();
  timers = new SteppedTimers();
  people = new People({ listPeople, user: me }, (ms, run) => timers.after(ms, run));
  await people.list.restart();
});

it('lists everyone but oneself, a page at a time', async () => {
  expect(people.list.current).toEqual({ phase: 'ready', items: [bo], rest: 'more' });
  await people.list.more();
  expect(people.list.current).toEqual({ phase: 'ready', items: [bo, cyd], rest: 'none' });
});

it('asks once the typing pauses, and for nothing twice', async () => {
  for (const text of ['b', 'bo', ' bo ']) {
    people.search(text);
    await timers.advance(100);
  }
  expect(listPeople).toHaveBeenCalledOnce();
  await timers.advance(1000);
  expect(listPeople.mock.calls.slice(1)).toEqual([[{ query: 'bo' }]]);
  people.search('bo');
  await timers.advance(1000);
  expect(listPeople).toHaveBeenCalledTimes(2);
});
