import { ParticipantId, RoomId, UserId, type Participant } from '@veche/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Observable,
  type JoinOptions,
  type RoomEnd,
  type RoomSession,
  type RoomView,
} from '../session/index.ts';
import { rememberPassword, Visit } from './visit.ts';

const roomId = RoomId.parse('town-square');
const ana: Participant = {
  id: ParticipantId.parse('p1'),
  number: 1,
  user: { id: UserId.parse('u1'), name: 'Ana' },
  role: 'speaker',
  muted: true,
  mutedByModerator: false,
  handRaisedAt: null,
  away: false,
  onHold: false,
  joinedAt: 0,
};

class StubRoom extends Observable<RoomView> implements RoomSession {
  readonly password: string | undefined;
  readonly voices = new Observable([]);
  readonly timings = {
    joinStarted: null,
    joinAcked: null,
    transportsReady: null,
    firstConsumerResumed: null,
    firstPacket: null,
  };
  readonly openMicrophone = () => Promise.resolve();
  readonly level = () => 0;

  constructor(password: string | undefined, { initialMuted = true }: JoinOptions = {}) {
    super({
      roomId,
      status: { phase: 'joined' },
      snapshot: null,
      self: ana,
      microphone: { phase: 'live' },
      muted: initialMuted,
      media: 'connected',
      hearing: new Set(),
      speaking: new Map(),
    });
    this.password = password;
  }

  become(change: Partial<RoomView>): void {
    this.set({ ...this.current, ...change });
  }

  end(reason: RoomEnd): void {
    this.become({ status: { phase: 'ended', reason } });
  }

  setMuted(muted: boolean): Promise<void> {
    this.become({ muted });
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.end('left');
    return Promise.resolve();
  }
}

/** Every room that was joined, newest last. */
let rooms: StubRoom[] = [];
const session = {
  joinRoom: vi.fn((_: RoomId, password?: string, options?: JoinOptions) => {
    const room = new StubRoom(password, options);
    rooms.push(room);
    return room;
  }),
};
const newest = (): StubRoom => {
  const room = rooms.at(-1);
  if (!room) throw new Error('no room was joined');
  return room;
};

/** The page is loaded again: the session ends, sessionStorage stays. */
function reload(): Visit {
  newest().end('signed_out');
  return new Visit(session, roomId);
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
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

describe('whether one is heard', () => {
  it('takes both one’s own wish and the server’s agreement', () => {
    const visit = new Visit(session, roomId);
    expect(visit.voicing).toBe('muted');
    void visit.toggleMute();
    expect(visit.voicing).toBe('unmuting');
    newest().become({ self: { ...ana, muted: false } });
    expect(visit.voicing).toBe('live');
    void visit.toggleMute();
    expect(visit.voicing).toBe('muted');
  });

  it('tells who muted', () => {
    const visit = new Visit(session, roomId);
    newest().become({ self: { ...ana, mutedByModerator: true } });
    expect(visit.voicing).toBe('mutedByModerator');
  });
});
