/** What a notice makes of a snapshot. Pure: values in, values out. */
import type { ChatMessage, Notice, NoticeName, Participant, Snapshot } from '@veche/protocol';
import { unreachable } from './errors.ts';
import type { AnyNotice } from './wire.ts';

/** The notices that carry a revision. */
const CHANGES = {
  'room:participant-joined': true,
  'room:participant-changed': true,
  'room:participant-left': true,
  'room:track-published': true,
  'room:track-changed': true,
  'room:track-unpublished': true,
  'room:voice': true,
  'room:changed': true,
} as const satisfies Partial<Record<NoticeName, true>>;

type ChangeName = keyof typeof CHANGES;
type RoomChange = Extract<AnyNotice, { name: ChangeName }>;
type Other = Extract<AnyNotice, { name: 'chat:message' | 'media:reset' }>;
/** All that changes a snapshot. */
export type RoomEvent = RoomChange | Other;

export const isRoomEvent = (notice: AnyNotice): notice is RoomEvent =>
  notice.name === 'chat:message' ||
  notice.name === 'media:reset' ||
  Object.hasOwn(CHANGES, notice.name);

/** More than anybody scrolls back; a snapshot holds the newest 50. */
const CHAT_KEPT = 500;

export type Step =
  | { readonly kind: 'applied'; readonly snapshot: Snapshot }
  /** Already known. */
  | { readonly kind: 'old' }
  /** Something before it is missing. */
  | { readonly kind: 'gap' };

export function step(snapshot: Snapshot, event: RoomEvent): Step {
  if (event.name === 'chat:message') {
    return { kind: 'applied', snapshot: withMessage(snapshot, event.payload) };
  }
  if (event.name === 'media:reset') {
    const { epoch } = event.payload;
    if (epoch <= snapshot.epoch) return { kind: 'old' };
    return { kind: 'applied', snapshot: { ...snapshot, epoch } };
  }
  const { revision } = event.payload;
  if (revision <= snapshot.revision) return { kind: 'old' };
  if (revision > snapshot.revision + 1) return { kind: 'gap' };
  return { kind: 'applied', snapshot: { ...change(snapshot, event), revision } };
}

/** A newer snapshot, with the messages that are too old to be in it. */
export function replace(former: Snapshot | null, snapshot: Snapshot): Snapshot {
  if (former?.room.id !== snapshot.room.id) return snapshot;
  const known = new Set(snapshot.chat.map((message) => message.messageId));
  const older = former.chat.filter((message) => !known.has(message.messageId));
  return { ...snapshot, chat: trimmed([...older, ...snapshot.chat]) };
}

function change(snapshot: Snapshot, { name, payload }: RoomChange): Snapshot {
  switch (name) {
    case 'room:participant-joined':
    case 'room:participant-changed':
      return withParticipants(snapshot, put(snapshot.participants, payload.participant, 'id'));
    case 'room:participant-left':
      return withoutParticipant(snapshot, payload);
    case 'room:track-published':
    case 'room:track-changed':
      return { ...snapshot, tracks: put(snapshot.tracks, payload.track, 'producerId') };
    case 'room:track-unpublished': {
      const { producerId } = payload;
      return {
        ...snapshot,
        tracks: snapshot.tracks.filter((track) => track.producerId !== producerId),
      };
    }
    case 'room:voice':
      return { ...snapshot, voice: payload.voice };
    case 'room:changed':
      return { ...snapshot, room: payload.room };
    default:
      return unreachable(name);
  }
}

const withParticipants = (snapshot: Snapshot, participants: Participant[]): Snapshot => ({
  ...snapshot,
  participants,
  room: { ...snapshot.room, participantCount: participants.length },
});

function withoutParticipant(
  snapshot: Snapshot,
  { participantId }: Notice<'room:participant-left'>,
): Snapshot {
  const participants = snapshot.participants.filter(({ id }) => id !== participantId);
  return {
    ...withParticipants(snapshot, participants),
    // Whoever is gone publishes nothing, even if the word of it comes later or not at all.
    tracks: snapshot.tracks.filter((track) => track.participantId !== participantId),
  };
}

function withMessage(snapshot: Snapshot, message: ChatMessage): Snapshot {
  if (snapshot.chat.some(({ messageId }) => messageId === message.messageId)) return snapshot;
  return { ...snapshot, chat: trimmed([...snapshot.chat, message]) };
}

const trimmed = (chat: ChatMessage[]): ChatMessage[] => chat.slice(-CHAT_KEPT);

/** The item in the place of its namesake, or at the end. */
function put<K extends string, T extends Record<K, unknown>>(
  items: readonly T[],
  item: T,
  key: K,
): T[] {
  const index = items.findIndex((other) => other[key] === item[key]);
  return index < 0 ? [...items, item] : items.with(index, item);
}

export const selfOf = (snapshot: Snapshot | null): Participant | null =>
  snapshot?.participants.find(({ id }) => id === snapshot.self) ?? null;

export const ownTracks = ({ tracks, self }: Snapshot): readonly string[] =>
  tracks.filter(({ participantId }) => participantId === self).map(({ producerId }) => producerId);
