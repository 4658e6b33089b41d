import { UserId } from '@veche/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { startLanguage } from '../../i18n/i18n.ts';
import type { Deed } from '../../session/index.ts';
import { deedText, digest } from './deedWords.ts';

const user = (name: string) => ({ id: UserId.parse(name), name });
const [ana, bo, cyd, me] = [user('Ana'), user('Bo'), user('Cyd'), user('me')];
const text = (...deeds: Deed[]) => digest(deeds).map((told) => deedText(told, me.id));

beforeAll(startLanguage);

describe('a deed', () => {
  it('says who did what to whom', () => {
    expect(text({ by: ana, what: 'muted', whom: bo })).toEqual(['Ana muted Bo']);
    expect(text({ by: ana, what: 'locked' })).toEqual(['Ana locked the room']);
    expect(text({ by: ana, what: 'staged' })).toEqual(['Ana opened the stage']);
    expect(text({ by: null, what: 'removed', whom: bo })).toEqual(['A moderator removed Bo']);
  });

  it('speaks to whom it concerns', () => {
    expect(text({ by: ana, what: 'muted', whom: me })).toEqual(['Ana muted you']);
    expect(text({ by: me, what: 'banned', whom: bo })).toEqual([
      'You removed Bo and closed the room to them for a while',
    ]);
  });

  it('that a room did by itself has nobody in it', () => {
    expect(text({ by: null, what: 'voice', voice: 'slots' })).toEqual([
      'The room has grown: whoever speaks is heard now',
    ]);
    expect(text({ by: null, what: 'join_muted', join: 'on' })).toEqual([
      'The room has grown: newcomers join muted now',
    ]);
  });

  it('of the server says what was too much', () => {
    expect(text({ by: null, what: 'sent_too_much', whom: me })).toEqual([
      'Far too much data came from you: the server stopped it',
    ]);
    const both = [bo, cyd].map((whom) => ({ by: null, what: 'sent_too_much', whom }) as const);
    expect(text(...both)).toEqual([
      'Far too much data came from Bo and 1 more: the server stopped it',
    ]);
  });

  it('of a moderator who decides about a step says so', () => {
    expect(text({ by: ana, what: 'join_muted', join: 'auto' })).toEqual([
      'Ana left it to the size of the room whether newcomers join muted',
    ]);
    expect(text({ by: me, what: 'voice', voice: 'auto' })).toEqual([
      'You left the voice to the size of the room',
    ]);
  });
});

it('tells a burst in one sentence', () => {
  expect(
    text(
      { by: ana, what: 'muted', whom: bo },
      { by: ana, what: 'muted', whom: cyd },
      { by: ana, what: 'muted', whom: me },
    ),
  ).toEqual(['Ana muted Bo and 2 more']);
});

it('leaves out the roles that follow a change of mode', () => {
  expect(
    text(
      { by: ana, what: 'staged' },
      { by: ana, what: 'sent_to_listeners', whom: bo },
      { by: ana, what: 'sent_to_listeners', whom: cyd },
    ),
  ).toEqual(['Ana opened the stage']);
});
