import { RoomId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { pathOfRoom, readPasted, roomOfPath } from './roomLink.ts';

const here = new URL('https://veche.example/');

describe('a room’s path', () => {
  it.each(['abc', 'with space', 'a/b', 'ж%'])('leads back to %s', (id) => {
    expect(roomOfPath(pathOfRoom(RoomId.parse(id)))).toBe(id);
  });

  it.each(['/', '/r/', '/r/a/b', '/x/abc', '/r/%', `/r/${'x'.repeat(65)}`])('is not %s', (path) => {
    expect(roomOfPath(path)).toBeNull();
  });
});

describe('what is pasted', () => {
  it.each([
    'abc',
    ' abc ',
    '/r/abc',
    'https://veche.example/r/abc',
    'https://veche.example/r/abc/?from=mail#top',
    'veche.example/r/abc',
    'HTTPS://VECHE.EXAMPLE/r/abc',
  ])('names a room: %s', (text) => {
    expect(readPasted(text, here)).toEqual({ roomId: 'abc' });
  });

  it('may be nothing', () => {
    expect(readPasted('  ', here)).toEqual({ fault: 'empty' });
  });

  it.each(['two words', 'https://veche.example/', 'https://', 'x'.repeat(65), 'ftp://a/r/b'])(
    'may name no room: %s',
    (text) => {
      expect(readPasted(text, here)).toEqual({ fault: 'wrong' });
    },
  );

  it('may lead to another server', () => {
    expect(readPasted('https://other.example:8443/r/abc', here)).toEqual({
      fault: 'elsewhere',
      host: 'other.example:8443',
    });
  });
});
