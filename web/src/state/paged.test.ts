import { beforeEach, describe, expect, it } from 'vitest';
import { Paged } from './paged.ts';

/** Answers when it is told to. */
let asked: { cursor: string | undefined; answer: (items: string[], next?: string) => void }[];
let failing: boolean;
const load = (cursor: string | undefined) => {
  if (failing) return Promise.reject(new Error('no signal'));
  return new Promise<{ items: string[]; next: string | undefined }>((resolve) => {
    asked.push({ cursor, answer: (items, next) => resolve({ items, next }) });
  });
};
const settled = () => new Promise((resolve) => setImmediate(resolve));
const answer = async (items: string[], next?: string): Promise<void> => {
  asked.shift()?.answer(items, next);
  await settled();
};

let list: Paged<string>;
beforeEach(() => {
  asked = [];
  failing = false;
  list = new Paged(load, (item) => item);
});

const ready = (items: string[], rest: string) => ({ phase: 'ready', items, rest });

it('comes a page at a time', async () => {
  void list.restart();
  expect(list.current).toEqual({ phase: 'loading' });
  await answer(['a', 'b'], 'after b');
  expect(list.current).toEqual(ready(['a', 'b'], 'more'));
  void list.more();
  void list.more();
  expect(list.current).toEqual(ready(['a', 'b'], 'loading'));
  expect(asked.map(({ cursor }) => cursor)).toEqual(['after b']);
  await answer(['c']);
  expect(list.current).toEqual(ready(['a', 'b', 'c'], 'none'));
  void list.more();
  expect(asked).toEqual([]);
});

it('takes no notice of answers to what was asked before', async () => {
  void list.restart();
  void list.restart(load);
  asked.reverse();
  await answer(['new']);
  await answer(['old']);
  expect(list.current).toEqual(ready(['new'], 'none'));
});

it('is refreshed at its beginning, without double entries', async () => {
  void list.restart();
  await answer(['a', 'b'], 'after b');
  void list.more();
  await answer(['c', 'd']);
  void list.refresh();
  await answer(['a', 'aa', 'b', 'c'], 'after c');
  expect(list.current).toEqual(ready(['a', 'aa', 'b', 'c', 'd'], 'none'));
});

describe('without an answer', () => {
  it('says so, and can be asked again', async () => {
    failing = true;
    await list.restart();
    expect(list.current).toMatchObject({ phase: 'failed' });
    failing = false;
    void list.refresh();
    expect(list.current).toEqual({ phase: 'loading' });
    await answer(['a']);
    expect(list.current).toEqual(ready(['a'], 'none'));
  });

  it('keeps what is there, and tries the next page again when it is wanted', async () => {
    void list.restart();
    await answer(['a'], 'after a');
    failing = true;
    await list.more();
    expect(list.current).toEqual(ready(['a'], 'failed'));
    await list.refresh();
    expect(list.current).toEqual(ready(['a'], 'failed'));
    failing = false;
    void list.more();
    await answer(['b']);
    expect(list.current).toEqual(ready(['a', 'b'], 'none'));
  });
});
