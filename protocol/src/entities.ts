/** The things that messages speak of. */
import * as z from 'zod/mini';
import { CallId, ConsumerId, MessageId, ParticipantId, ProducerId, RoomId, UserId } from './ids.ts';
import { MediaKind } from './rtp.ts';

const count = z.int().check(z.gte(0));
/** Milliseconds since 1970 on the server's clock. */
export const EpochMs = count;
/** Level in dBov (RFC 6464): 0 is the loudest, −127 silence. */
export const Level = z.int().check(z.gte(-127), z.lte(0));

export const User = z.object({ id: UserId, name: z.string() });
export type User = z.output<typeof User>;

export const Presence = z.enum(['offline', 'online', 'busy']);
export type Presence = z.output<typeof Presence>;

export const Person = z.object({ id: UserId, name: z.string(), presence: Presence });
export type Person = z.output<typeof Person>;

export const RoomVisibility = z.enum(['listed', 'unlisted']);
export const RoomMode = z.enum(['open', 'stage']);
export type RoomMode = z.output<typeof RoomMode>;

/** What moderators want of a step that a room takes as it grows; `auto`: as its size asks for. */
export const VoiceWish = z.enum(['auto', 'direct', 'slots']);
export type VoiceWish = z.output<typeof VoiceWish>;
export const JoinMutedWish = z.enum(['auto', 'on', 'off']);
export type JoinMutedWish = z.output<typeof JoinMutedWish>;

/** The steps that a room with people in it takes as it grows, besides `Voice`. */
export const Posture = z.object({
  /** Whoever comes in stays muted until they unmute themselves; no client does it for them. */
  joinMuted: z.boolean(),
  /** So many are here that a stage would help; for moderators to accept or dismiss. */
  stageSuggested: z.boolean(),
  wishes: z.object({ voice: VoiceWish, joinMuted: JoinMutedWish }),
});
export type Posture = z.output<typeof Posture>;

export const Room = z.object({
  id: RoomId,
  name: z.string(),
  visibility: RoomVisibility,
  hasPassword: z.boolean(),
  locked: z.boolean(),
  mode: RoomMode,
  maxParticipants: count,
  participantCount: count,
  createdBy: UserId,
  createdAt: EpochMs,
  /** In lists of rooms, and of calls, there is none. */
  posture: z.exactOptional(Posture),
});
export type Room = z.output<typeof Room>;

export const Role = z.enum(['moderator', 'speaker', 'listener']);
export type Role = z.output<typeof Role>;

export const Participant = z.object({
  id: ParticipantId,
  /** Starts at 1, never reused in a room. */
  number: z.int().check(z.gte(1)),
  user: User,
  role: Role,
  muted: z.boolean(),
  mutedByModerator: z.boolean(),
  handRaisedAt: z.nullable(EpochMs),
  /** The signal is lost; the seat is kept for `graceMs`. */
  away: z.boolean(),
  onHold: z.boolean(),
  joinedAt: EpochMs,
});
export type Participant = z.output<typeof Participant>;

export const Source = z.enum(['microphone', 'camera', 'screen', 'screen_audio']);
export type Source = z.output<typeof Source>;

/** Which kind of media each source is. */
export const KIND_OF_SOURCE = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screen_audio: 'audio',
} as const satisfies Record<Source, MediaKind>;

export const Track = z.object({
  producerId: ProducerId,
  participantId: ParticipantId,
  kind: MediaKind,
  source: Source,
  paused: z.boolean(),
});
export type Track = z.output<typeof Track>;

/** How microphones reach listeners: each as a track of its own, or through a few shared slots. */
export const Voice = z.union([
  z.object({ mode: z.literal('direct') }),
  z.object({ mode: z.literal('slots'), slots: z.array(ProducerId) }),
]);
export type Voice = z.output<typeof Voice>;

export const Speaker = z.object({ participantId: ParticipantId, level: Level });
export type Speaker = z.output<typeof Speaker>;

export const ChatMessage = z.object({
  messageId: MessageId,
  roomId: RoomId,
  from: z.object({ participantId: ParticipantId, user: User }),
  text: z.string(),
  at: EpochMs,
});
export type ChatMessage = z.output<typeof ChatMessage>;

/** What a call was placed with; a camera may come or go later. */
export const CallMedia = z.enum(['audio', 'video']);
export type CallMedia = z.output<typeof CallMedia>;

/** Why a call is over. */
export const CallEndReason = z.enum([
  'hangup',
  'cancelled',
  'rejected',
  'no_answer',
  'connection_lost',
  'answered_elsewhere',
  'caller_gone',
  'media_failed',
  'server_restart',
]);
export type CallEndReason = z.output<typeof CallEndReason>;

export const Call = z.object({
  id: CallId,
  state: z.enum(['ringing', 'active', 'ended']),
  caller: User,
  callee: User,
  media: CallMedia,
  /** When it came into this state. */
  since: EpochMs,
  reason: z.exactOptional(CallEndReason),
});
export type Call = z.output<typeof Call>;

/** How an attempt to call ended: also those that never rang. */
export const CallOutcome = z.enum([...CallEndReason.options, 'busy', 'offline']);
export type CallOutcome = z.output<typeof CallOutcome>;

/** A call in one person's list of calls. */
export const HistoryEntry = z.object({
  callId: CallId,
  direction: z.enum(['placed', 'received', 'missed']),
  peer: User,
  media: CallMedia,
  /** When it was placed. */
  at: EpochMs,
  /** From the answer to the end; 0 if it was never answered. */
  durationMs: count,
  reason: CallOutcome,
  seen: z.boolean(),
});
export type HistoryEntry = z.output<typeof HistoryEntry>;

/** How many chat messages a snapshot carries. */
export const SNAPSHOT_CHAT_LENGTH = 50;

/** Why the server withholds a track from somebody. */
export const HeldReason = z.enum(['narrow_line']);
export type HeldReason = z.output<typeof HeldReason>;

export const HeldConsumer = z.object({ consumerId: ConsumerId, reason: HeldReason });

export const Snapshot = z.object({
  room: Room,
  revision: count,
  epoch: count,
  self: ParticipantId,
  participants: z.array(Participant),
  tracks: z.array(Track),
  voice: Voice,
  speakers: z.array(Speaker),
  chat: z.array(ChatMessage),
});
export type Snapshot = z.output<typeof Snapshot>;
