import { expect, it } from 'vitest';
import { pieces } from './links.ts';

const links = (text: string) => pieces(text).flatMap(({ href }) => href ?? []);

it('finds addresses and leaves the sentence around them', () => {
  expect(pieces('See https://a.example/x?y=1, and http://b.example.')).toEqual([
    { text: 'See ' },
    { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
    { text: ', and ' },
    { text: 'http://b.example', href: 'http://b.example' },
    { text: '.' },
  ]);
});

it('keeps brackets that belong to an address', () => {
  expect(links('(https://a.example/x)')).toEqual(['https://a.example/x']);
  expect(links('https://a.example/x_(y)')).toEqual(['https://a.example/x_(y)']);
});

it('takes nothing else for a link', () => {
  expect(links('javascript:alert(1) data:text/html,x https:// ftp://a.example a.example')).toEqual(
    [],
  );
  expect(pieces('<b>no</b>')).toEqual([{ text: '<b>no</b>' }]);
  expect(pieces('')).toEqual([]);
});
