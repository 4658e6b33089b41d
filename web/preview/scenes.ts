/** The states to look at, by name. */
import type { HistoryEntry, Person, Role, Room, Snapshot } from '@veche/protocol';
import type { CallEnd, CallView, ConnectionState, RoomEnd, RoomView } from '../src/session/api.ts';
import type { PictureScene } from './fakeCall.ts';
import { fakeCalls, fakePeople, fakeUser } from './fakePeople.ts';
import { fakeRoom, fourSlots, smallPosture } from './fakeRoom.ts';
import { listenOnly } from './fakeSession.ts';

export interface Scene {
  readonly path?: string;
  readonly signedIn?: false;
  readonly name?: string;
  readonly rooms?: readonly Room[] | 'never' | 'fails';
  readonly roomName?: string;
  readonly people?: number;
  readonly muted?: boolean;
  readonly mutedByModerator?: boolean;
  readonly speaking?: readonly number[];
  readonly status?: RoomView['status'];
  readonly media?: RoomView['media'];
  readonly microphone?: RoomView['microphone'];
  readonly connection?: ConnectionState;
  readonly soundBlocked?: boolean;
  readonly refuses?: boolean;
  readonly onHold?: boolean;
  readonly room?: Partial<Room>;
  readonly voice?: Snapshot['voice'];
  /** One's own. */
  readonly role?: Role;
  /** By the number of the person. */
  readonly hands?: readonly number[];
  readonly chat?: readonly string[];
  readonly everybody?: readonly Person[] | 'never' | 'fails';
  readonly calls?: readonly HistoryEntry[] | 'never' | 'fails';
  readonly missed?: number;
  /** Own: the own camera is on. Picture: the other's is. */
  readonly call?: Partial<CallView> & { readonly own?: boolean; readonly picture?: PictureScene };
  /** A button to press before looking. */
  readonly press?: { readonly en: string; readonly ru: string };
}

const ROOM = '/r/k7x2m9qa';
const LONG_NAME = 'Мария-Екатерина Константинопольская-Возн';
const LONG_ROOM = 'Общее собрание жителей Верхнепролетарской улицы и переулков';

const rooms = [
  fakeRoom('a', 'Sunday meeting', { participantCount: 12 }),
  fakeRoom('b', 'Вечерний чай', { participantCount: 3, hasPassword: true }),
  fakeRoom('c', LONG_ROOM, { participantCount: 21, hasPassword: true, locked: true }),
  fakeRoom('d', 'Open office hours'),
  fakeRoom('e', 'Family', { visibility: 'unlisted', participantCount: 1 }),
];
const manyRooms = Array.from({ length: 14 }, (_, index) =>
  fakeRoom(`m${index}`, `Table ${index + 1}`, { participantCount: (index * 5) % 13 }),
);

const CHAT = [
  'Добрый день!',
  'The minutes are at https://example.org/minutes?year=2026 (page 3).',
  'Ok',
  'Многабукв'.repeat(12),
  'Two lines:\n1. one\n2. two <b>not bold</b>',
  'Спасибо.',
];

const ago = (seconds: number): number => Date.now() - seconds * 1000;
const ended = (reason: RoomEnd): Scene => ({
  path: ROOM,
  status: { phase: 'ended', reason },
});

const called = (
  reason: CallEnd,
  durationMs = 0,
  direction: CallView['direction'] = 'placed',
): Scene => ({
  rooms,
  call: { direction, status: { phase: 'ended', reason, durationMs } },
});
const rings = { phase: 'ringing', expiresAt: Date.now() + 45_000 } as const;
const talks = { phase: 'active', since: ago(204) } as const;

export const scenes: Record<string, Scene> = {
  'sign-in': { signedIn: false },
  'sign-in-link': { signedIn: false, path: ROOM },
  'sign-in-error': { signedIn: false, press: { en: 'Continue', ru: 'Продолжить' } },
  home: { rooms },
  'home-long-name': { rooms, name: LONG_NAME },
  'home-many': { rooms: manyRooms },
  'home-empty': { rooms: [] },
  'home-loading': { rooms: 'never' },
  'home-failed': { rooms: 'fails' },
  'home-connecting': { rooms: 'never', connection: { phase: 'connecting' } },
  'home-offline': { rooms, connection: { phase: 'reconnecting', sinceMs: ago(7) } },
  'home-create': { rooms, press: { en: 'Create a room', ru: 'Создать комнату' } },
  'home-settings': { rooms, press: { en: 'Settings', ru: 'Настройки' } },
  lost: { path: '/nowhere' },
  joining: { path: ROOM, status: { phase: 'joining' } },
  'room-1': { path: ROOM, people: 1, speaking: [] },
  'room-3-live': { path: ROOM, people: 3, muted: false, speaking: [0, 1] },
  'room-12': { path: ROOM, people: 12, name: LONG_NAME, roomName: LONG_ROOM },
  'room-60': { path: ROOM, people: 60, speaking: [1, 4, 7, 11] },
  'room-opening': { path: ROOM, microphone: { phase: 'opening' }, media: 'connecting' },
  'room-muted-by-moderator': { path: ROOM, mutedByModerator: true },
  'room-sound-blocked': { path: ROOM, soundBlocked: true, muted: false },
  'room-reconnecting': { path: ROOM, status: { phase: 'reconnecting', sinceMs: ago(7) } },
  'room-interrupted': { path: ROOM, media: 'interrupted', muted: false },
  'room-everything': {
    path: ROOM,
    people: 12,
    soundBlocked: true,
    status: { phase: 'reconnecting', sinceMs: ago(67) },
    microphone: listenOnly('in_use'),
  },
  'room-mic-denied': { path: ROOM, microphone: listenOnly('denied') },
  'room-mic-none': { path: ROOM, microphone: listenOnly('none') },
  'room-mic-insecure': { path: ROOM, microphone: listenOnly('insecure') },
  'room-mic-failed': { path: ROOM, microphone: listenOnly('failed') },
  'room-mic-silenced': { path: ROOM, microphone: { phase: 'silenced' }, muted: false },
  'room-refused': { path: ROOM, refuses: true, press: { en: 'Unmute', ru: 'Включить микрофон' } },
  'room-settings': { path: ROOM, press: { en: 'Settings', ru: 'Настройки' } },
  'room-shortcuts': { path: ROOM, press: { en: 'Keyboard shortcuts', ru: 'Горячие клавиши' } },
  'end-left': ended('left'),
  'end-moved': ended('moved'),
  'end-removed': ended('removed'),
  'end-removed-why': {
    path: ROOM,
    status: {
      phase: 'ended',
      reason: 'removed',
      by: fakeUser(2),
      words: 'Please turn the radio off.',
    },
  },
  'end-banned': {
    path: ROOM,
    status: {
      phase: 'ended',
      reason: 'banned',
      by: fakeUser(2),
      words: 'Please turn the radio off.',
      bannedUntil: Date.now() + 24 * 3_600_000,
    },
  },
  'end-ban-over': {
    path: ROOM,
    status: { phase: 'ended', reason: 'banned', bannedUntil: ago(1) },
  },
  'end-room_closed': ended('room_closed'),
  'end-replaced': { connection: { phase: 'ended', reason: 'replaced' } },
  'end-signed_out': { connection: { phase: 'ended', reason: 'signed_out' } },
  'end-not-found': ended('NOT_FOUND'),
  'end-forbidden': ended('FORBIDDEN'),
  'end-full': ended('ROOM_FULL'),
  'end-locked': ended('ROOM_LOCKED'),
  'end-unavailable': ended('UNAVAILABLE'),
  'end-unauthenticated': ended('UNAUTHENTICATED'),
  'end-outdated': ended('UNSUPPORTED_VERSION'),
  'end-rate-limited': ended('RATE_LIMITED'),
  'end-internal': ended('INTERNAL'),
  'end-bad-link': ended('BAD_REQUEST'),
  'end-unsupported': ended('unsupported_browser'),
  people: { path: '/people', missed: 2 },
  'people-many': { path: '/people', everybody: fakePeople(90) },
  'people-empty': { path: '/people', everybody: [] },
  'people-loading': { path: '/people', everybody: 'never' },
  'people-failed': { path: '/people', everybody: 'fails' },
  calls: { path: '/calls', calls: fakeCalls(), missed: 2 },
  'calls-empty': { path: '/calls' },
  'calls-failed': { path: '/calls', calls: 'fails' },
  'call-incoming-audio': { rooms, call: { direction: 'received', status: rings } },
  'call-incoming-video': {
    rooms,
    call: { direction: 'received', status: rings, media: 'video', peer: fakeUser(2) },
  },
  'call-incoming-room': { path: ROOM, call: { direction: 'received', status: rings } },
  'call-placing': { rooms, call: {} },
  'call-ringing-video': { rooms, call: { status: rings, own: true } },
  'call-answering': { rooms, call: { direction: 'received', status: { phase: 'answering' } } },
  'call-audio': { rooms, call: { status: talks } },
  'call-video': { rooms, call: { status: talks, own: true, picture: true } },
  'call-video-room': { path: ROOM, call: { status: talks, own: true, picture: true } },
  'call-narrow-line': {
    rooms,
    call: { status: talks, own: true, picture: 'narrow_line', poorNetwork: true },
  },
  'call-peer-lost': {
    rooms,
    call: { status: talks, picture: true, peerLost: { deadlineAt: Date.now() + 11_000 } },
  },
  'call-own-lost': { rooms, call: { status: talks, signalLostSince: ago(7) } },
  'call-hints': {
    rooms,
    call: {
      status: talks,
      media: 'video',
      muted: true,
      poorNetwork: true,
      peerState: { muted: true, camera: false },
      own: true,
      peer: fakeUser(2),
    },
  },
  'call-everything': {
    path: ROOM,
    soundBlocked: true,
    call: {
      status: talks,
      peer: fakeUser(11),
      microphone: listenOnly('denied'),
      camera: { phase: 'failed', problem: 'in_use' },
      signalLostSince: ago(67),
      poorNetwork: true,
      peerState: { muted: true, camera: false },
    },
  },
  'call-devices': {
    rooms,
    call: { status: talks, own: true },
    press: { en: 'Devices', ru: 'Устройства' },
  },
  'call-ended': called('hangup', 204_000),
  'call-busy': called('busy'),
  'call-offline': called('offline'),
  'call-rejected': called('rejected'),
  'call-no-answer': called('no_answer'),
  'call-lost': called('connection_lost', 62_000),
  'call-media-failed': called('media_failed'),
  'room-on-hold': { path: ROOM, onHold: true },
  'room-moderator': { path: ROOM, role: 'moderator', hands: [2, 4], muted: false },
  'room-menu': {
    path: ROOM,
    role: 'moderator',
    press: { en: 'Room', ru: 'Комната' },
  },
  'room-person': {
    path: ROOM,
    role: 'moderator',
    hands: [2],
    press: { en: 'More about Boris', ru: 'Подробнее: Boris' },
  },
  'room-person-volume': {
    path: ROOM,
    press: { en: 'More about Boris', ru: 'Подробнее: Boris' },
  },
  'room-stage-listener': {
    path: ROOM,
    people: 24,
    hands: [7, 9, 12],
    role: 'listener',
    room: { mode: 'stage' },
  },
  'room-stage-moderator': {
    path: ROOM,
    people: 24,
    hands: [7, 9, 12, 13],
    role: 'moderator',
    room: { mode: 'stage', locked: true },
  },
  'room-stage-muted': {
    path: ROOM,
    people: 12,
    role: 'speaker',
    mutedByModerator: true,
    room: { mode: 'stage' },
  },
  'room-crowd': { path: ROOM, people: 400, voice: fourSlots, hands: [20, 30] },
  'room-crowd-moderator': {
    path: ROOM,
    people: 1000,
    voice: fourSlots,
    role: 'moderator',
    hands: [20, 30, 40, 50, 60, 70],
    speaking: [1, 4, 7, 11],
  },
  'room-stage-suggested': {
    path: ROOM,
    people: 151,
    voice: fourSlots,
    role: 'moderator',
    room: { posture: { ...smallPosture, joinMuted: true, stageSuggested: true } },
  },
  'room-crowd-stage': {
    path: ROOM,
    people: 1000,
    voice: fourSlots,
    role: 'listener',
    room: { mode: 'stage' },
  },
  'room-chat': {
    path: ROOM,
    chat: CHAT,
    press: { en: 'Chat', ru: 'Чат' },
  },
  'room-chat-empty': { path: ROOM, press: { en: 'Chat', ru: 'Чат' } },
};
