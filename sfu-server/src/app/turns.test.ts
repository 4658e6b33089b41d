import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const patient = { mostMs: 60_000, patienceMs: 60_000 };

/** Work that ends when it is told to. */
const works = (turns: Turns<string>) => {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (key: string, name: string): Promise<string> =>
    turns.take(key, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  return { begun, begin, end: (name: string) => ends.get(name)?.() };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('those of one key take turns, in order; others do not wait for them', async () => {
  const { begun, begin, end } = works(new Turns({ ...patient, atOnce: 2 }));
  const done = ['a1', 'a2', 'a3', 'a4'].map((name) => begin('a', name));
  const other = begin('b', 'b1');
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  end('a2');
  await settled();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  end('a1');
  await settled();
  expect(begun.at(-1)).toBe('a4');
  for (const name of ['a3', 'a4', 'b1']) end(name);
  expect(await Promise.all([...done, other])).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
});

it('one that fails gives its turn on', async () => {
  const turns = new Turns<string>({ ...patient, atOnce: 1 });
  const failing = turns.take('a', () => Promise.reject(new Error('broken')));
  const next = turns.take('a', () => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});

it('one that takes too long does not keep the others out, and counts once', async () => {
  const { begun, begin, end } = works(new Turns({ ...patient, atOnce: 1, mostMs: 300 }));
  const slow = begin('a', 'slow');
  const second = begin('a', 'second');
  await expect.poll(() => begun, { interval: 5 }).toEqual(['slow', 'second']);
  const third = begin('a', 'third');
  end('slow');
  await slow;
  expect(begun).toEqual(['slow', 'second']);
  end('second');
  await expect.poll(() => begun).toContain('third');
  end('third');
  await Promise.all([second, third]);
});

it('one that waited too long is refused, and gives its turn on', async () => {
  const { begun, begin, end } = works(new Turns({ ...patient, atOnce: 1, patienceMs: 0 }));
  const first = begin('a', 'first');
  const late = begin('a', 'late');
  end('first');
  await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const next = begin('a', 'next');
  expect(begun).toEqual(['first', 'next']);
  end('next');
  await Promise.all([first, next]);
});

it('nobody takes the turn of one who waits', async () => {
  const { begun, begin, end } = works(new Turns({ ...patient, atOnce: 1 }));
  const first = begin('a', 'first');
  const waiting = begin('a', 'waiting');
  const pushing = first.then(() => begin('a', 'pushing'));
  end('first');
  await settled();
  expect(begun).toEqual(['first', 'waiting']);
  end('waiting');
  await waiting;
  await settled();
  end('pushing');
  await pushing;
});
