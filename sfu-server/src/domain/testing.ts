/** Values for the tests of the domain. */
import { DeviceId, ParticipantId, ProducerId, RoomId, UserId } from '@veche/protocol';
import type { Source, Track, User } from '@veche/protocol';
import { emptyRoom } from './room.ts';
import type { Decision, RoomRecord, RoomState } from './room.ts';
import { join } from './roomRules.ts';
import { seatOf } from './seat.ts';

export const userOf = (name: string): User => ({ id: UserId.parse(`user-${name}`), name });
export const deviceOf = (name: string): DeviceId => DeviceId.parse(`device-${name}`);
export const participant = (name: string): ParticipantId => ParticipantId.parse(`p-${name}`);

export const record = (over: Partial<RoomRecord> = {}): RoomRecord => ({
  id: RoomId.parse('room'),
  name: 'Square',
  visibility: 'listed',
  passwordHash: null,
  locked: false,
  mode: 'open',
  maxParticipants: 100,
  createdBy: userOf('owner').id,
  createdAt: 0,
  roles: new Map(),
  bans: new Map(),
  ...over,
});

export const enter = (state: RoomState, name: string, device = name, now = 0) =>
  join(state, {
    user: userOf(name),
    deviceId: deviceOf(device),
    participantId: participant(device),
    isFull: false,
    now,
  });

/** A room with these people in it, each named as its device. */
export const roomWith = (names: readonly string[], over: Partial<RoomRecord> = {}): RoomState =>
  names.reduce((state, name) => enter(state, name).state, emptyRoom(record(over)));

export const trackOf = (name: string, source: Source = 'microphone', paused = true): Track => ({
  producerId: ProducerId.parse(`${source}-${name}`),
  participantId: participant(name),
  kind: source === 'microphone' || source === 'screen_audio' ? 'audio' : 'video',
  source,
  paused,
});

export const see = (state: RoomState, name: string) => seatOf(state, participant(name)).participant;

/** Of the notices, in order. */
export const names = ({ notices }: Decision): string[] => notices.map(({ name }) => name);

/** What it is refused with, or `allowed`. */
export const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'allowed';
};
