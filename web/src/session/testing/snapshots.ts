/** Values for tests of the pure parts. */
import { Snapshot } from '@veche/protocol';
import type { NoticeInput, NoticeName } from '@veche/protocol';
import { readNotice, type NoticeOf } from '../wire.ts';
import { ME, person, room, ROOM_ID } from './fakeRoom.ts';

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  ...Snapshot.parse({
    room: room(),
    revision: 10,
    epoch: 1,
    self: ME,
    participants: [person(ME, 1)],
    tracks: [],
    voice: { mode: 'direct' },
    speakers: [],
    chat: [],
  }),
  ...more,
});

/** A valid notice as the connection gives it. */
export function notice<N extends NoticeName>(name: N, payload: NoticeInput<N>): NoticeOf<N> {
  const read = readNotice(name, payload);
  if ('fault' in read) throw new Error('not a valid notice');
  return read.notice;
}

export const change = <N extends NoticeName>(
  name: N,
  revision: number,
  payload: Omit<NoticeInput<N>, 'roomId' | 'revision'>,
): NoticeOf<N> => notice(name, { roomId: ROOM_ID, revision, ...payload } as NoticeInput<N>);

export const track = (participantId: string, more: object = {}) => ({
  producerId: `microphone-of-${participantId}`,
  participantId,
  kind: 'audio' as const,
  source: 'microphone' as const,
  paused: false,
  ...more,
});

export const message = (messageId: string, text = messageId) => ({
  messageId,
  roomId: ROOM_ID,
  from: { participantId: 'ben', user: { id: 'user-ben', name: 'ben' } },
  text,
  at: 1,
});
