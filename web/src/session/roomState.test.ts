import { Track } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { isRoomEvent, replace, step, type RoomEvent } from './roomState.ts';
import { ME, person, room, ROOM_ID } from './testing/fakeRoom.ts';
import { change, message, notice, snapshot, track } from './testing/snapshots.ts';

const ben = person('ben', 2);
const withBen = () =>
  snapshot({ participants: [person(ME, 1), ben], tracks: [Track.parse(track('ben'))] });

const applied = (before: ReturnType<typeof snapshot>, event: RoomEvent) => {
  const result = step(before, event);
  if (result.kind !== 'applied') throw new Error(result.kind);
  return result.snapshot;
};

describe('each change', () => {
  it('takes in who joins', () => {
    const after = applied(snapshot(), change('room:participant-joined', 11, { participant: ben }));
    expect(after.participants.map(({ id }) => id)).toEqual([ME, 'ben']);
    expect(after.room.participantCount).toBe(2);
    expect(after.revision).toBe(11);
  });

  it('puts a changed participant in the same place', () => {
    const participant = person(ME, 1, { muted: false });
    const after = applied(withBen(), change('room:participant-changed', 11, { participant }));
    expect(after.participants.map(({ id, muted }) => [id, muted])).toEqual([
      [ME, false],
      ['ben', true],
    ]);
  });

  it('takes the tracks away with who leaves', () => {
    const after = applied(
      withBen(),
      change('room:participant-left', 11, { participantId: ben.id, reason: 'left' }),
    );
    expect(after.participants.map(({ id }) => id)).toEqual([ME]);
    expect(after.tracks).toEqual([]);
    expect(after.room.participantCount).toBe(1);
  });

  it('takes tracks in, changes them and takes them out', () => {
    const published = applied(
      snapshot(),
      change('room:track-published', 11, { track: track('ben') }),
    );
    expect(published.tracks).toHaveLength(1);
    const changed = applied(
      published,
      change('room:track-changed', 12, { track: track('ben', { paused: true }) }),
    );
    expect(changed.tracks.map(({ paused }) => paused)).toEqual([true]);
    const gone = applied(
      changed,
      change('room:track-unpublished', 13, { producerId: track('ben').producerId }),
    );
    expect(gone.tracks).toEqual([]);
  });

  it('follows the voice and the room', () => {
    const voice = { mode: 'slots' as const, slots: ['slot:0'] };
    expect(applied(snapshot(), change('room:voice', 11, { voice })).voice).toEqual(voice);
    const locked = change('room:changed', 11, { room: room({ locked: true }) });
    expect(applied(snapshot(), locked).room.locked).toBe(true);
  });
});

describe('order', () => {
  const joined = (revision: number) =>
    change('room:participant-joined', revision, { participant: ben });

  it('ignores what is not newer', () => {
    expect(step(snapshot(), joined(10)).kind).toBe('old');
    expect(step(snapshot(), joined(3)).kind).toBe('old');
  });

  it('sees a gap', () => {
    expect(step(snapshot(), joined(12)).kind).toBe('gap');
  });

  it('does not change what it was given', () => {
    const before = Object.freeze(snapshot());
    applied(before, joined(11));
    expect(before.participants).toHaveLength(1);
  });
});

describe('what has no revision', () => {
  it('adds a message once', () => {
    const said = notice('chat:message', message('m1'));
    const once = applied(snapshot(), said);
    expect(applied(once, said).chat).toHaveLength(1);
    expect(once.revision).toBe(10);
  });

  it('takes a newer epoch only', () => {
    const reset = (epoch: number) =>
      notice('media:reset', { roomId: ROOM_ID, epoch, reason: 'worker_died' });
    expect(applied(snapshot(), reset(2)).epoch).toBe(2);
    expect(step(snapshot(), reset(1)).kind).toBe('old');
  });

  it('knows what changes a snapshot', () => {
    expect(isRoomEvent(notice('room:speakers', { roomId: ROOM_ID, speakers: [] }))).toBe(false);
    expect(isRoomEvent(notice('chat:message', message('m1')))).toBe(true);
    expect(
      isRoomEvent(notice('room:changed', { roomId: ROOM_ID, revision: 1, room: room() })),
    ).toBe(true);
  });
});

describe('a new snapshot', () => {
  const chat = (...ids: string[]) => ids.map((id) => notice('chat:message', message(id)).payload);

  it('keeps messages that are too old for it', () => {
    const former = snapshot({ chat: chat('m1', 'm2') });
    const merged = replace(former, snapshot({ revision: 3, chat: chat('m2', 'm3') }));
    expect(merged.chat.map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3']);
    expect(merged.revision).toBe(3);
  });

  it('is taken as it is when there was none', () => {
    const first = snapshot();
    expect(replace(null, first)).toBe(first);
  });
});
