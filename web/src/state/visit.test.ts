import { RoomId } from '@veche/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JoinOptions, RoomEnd } from '../session/index.ts';
import { enterWithMicOn } from './micOn.ts';
import { participant, StubRoom } from './room/testing.ts';
import { rememberPassword, Visit } from './visit.ts';

const roomId = RoomId.parse('town-square');
const ana = participant('ana');

class JoinedStub extends StubRoom {
  readonly password: string | undefined;

  constructor(password: string | undefined, { initialMuted = true }: JoinOptions = {}) {
    super({ roomId, self: ana, muted: initialMuted });
    this.password = password;
  }

  end(reason: RoomEnd, told: Partial<Visit['told']> = {}): void {
    this.become({ status: { phase: 'ended', reason, ...told } });
  }
}

/** Every room that was joined, newest last. */
let rooms: JoinedStub[] = [];
const session = {
  joinRoom: vi.fn((_: RoomId, password?: string, options?: JoinOptions) => {
    const room = new JoinedStub(password, options);
    rooms.push(room);
    return room;
  }),
};
const newest = (): JoinedStub => {
  const room = rooms.at(-1);
  if (!room) throw new Error('no room was joined');
  return room;
};

/** The page is loaded again: the session ends, sessionStorage stays. */
function reload(): Visit {
  newest().end('signed_out');
  return new Visit(session, roomId);
}

function stubStorage(name: 'sessionStorage' | 'localStorage'): void {
  const kept = new Map<string, string>();
  vi.stubGlobal(name, {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
}

beforeEach(() => {
  stubStorage('sessionStorage');
  stubStorage('localStorage');
  rooms = [];
});

describe('after a reload', () => {
  it('is muted as before', () => {
    const visit = new Visit(session, roomId);
    expect(newest().current.muted).toBe(true);
    void visit.toggleMute();
    void reload().toggleMute();
    expect(rooms.map((room) => room.current.muted)).toEqual([false, true]);
    reload();
    expect(newest().current.muted).toBe(true);
  });

  it('needs no password again', () => {
    new Visit(session, roomId).withPassword('bell');
    expect(rooms.map((room) => room.password)).toEqual([undefined, 'bell']);
    reload();
    expect(newest().password).toBe('bell');
  });
});

describe('after an end', () => {
  it.each<RoomEnd>(['left', 'moved', 'removed'])('%s, one comes back muted', (reason) => {
    const visit = new Visit(session, roomId);
    void visit.toggleMute();
    newest().end(reason);
    visit.again();
    expect(newest().current.muted).toBe(true);
  });

  it('a password that did not help is forgotten, but known to have been given', () => {
    rememberPassword(roomId, 'wrong');
    const visit = new Visit(session, roomId);
    newest().end('FORBIDDEN');
    expect(visit.gavePassword).toBe(true);
    visit.again();
    expect(newest().password).toBeUndefined();
    expect(visit.gavePassword).toBe(false);
  });
});

describe('after a ban', () => {
  const words = 'Too loud';
  const by = participant('bo').user;

  it('the door says until when, and who and why are known from before', () => {
    const visit = new Visit(session, roomId);
    newest().end('banned', { by, words, bannedUntil: 1000 });
    expect(visit.told).toEqual({ by, words, bannedUntil: 1000 });
    for (const bannedUntil of [1001, 1002]) {
      visit.again();
      expect(visit.told).toEqual({});
      newest().end('banned', { bannedUntil });
      expect(visit.told).toEqual({ by, words, bannedUntil });
    }
  });

  it('the next one is by somebody else', () => {
    const visit = new Visit(session, roomId);
    newest().end('banned', { by, words });
    visit.again();
    newest().end('banned', { by: ana.user });
    expect(visit.told).toEqual({ by: ana.user });
  });
});

describe('whoever wants to enter with the microphone on', () => {
  beforeEach(() => {
    enterWithMicOn(true);
  });

  it('does, also after an end', () => {
    const visit = new Visit(session, roomId);
    expect(newest().current.muted).toBe(false);
    void visit.toggleMute();
    newest().end('left');
    visit.again();
    expect(newest().current.muted).toBe(false);
  });

  it('is muted after a reload if they were', () => {
    const visit = new Visit(session, roomId);
    void visit.toggleMute();
    reload();
    expect(newest().current.muted).toBe(true);
  });

  it('may think otherwise', () => {
    enterWithMicOn(false);
    new Visit(session, roomId);
    expect(newest().current.muted).toBe(true);
  });
});

describe('whether one is heard', () => {
  it('takes both one’s own wish and the server’s agreement', () => {
    const visit = new Visit(session, roomId);
    expect(visit.voicing).toBe('muted');
    void visit.toggleMute();
    expect(visit.voicing).toBe('unmuting');
    newest().become({ self: { ...ana, muted: false } });
    expect(visit.voicing).toBe('live');
    newest().become({ microphone: { phase: 'silenced' } });
    expect(visit.voicing).toBe('silenced');
    void visit.toggleMute();
    expect(visit.voicing).toBe('muted');
  });

  it('tells who muted', () => {
    const visit = new Visit(session, roomId);
    newest().become({ self: { ...ana, mutedByModerator: true } });
    expect(visit.voicing).toBe('mutedByModerator');
  });
});
