/** Every notice that the server may send, in one table. A notice is never acked. */
import * as z from 'zod/mini';
import {
  Call,
  CallMedia,
  ChatMessage,
  EpochMs,
  HeldConsumer,
  Participant,
  Person,
  Room,
  Speaker,
  Track,
  User,
  Voice,
} from './entities.ts';
import { CallId, DeviceId, ParticipantId, ProducerId, RoomId, UserId } from './ids.ts';
import { RtpCapabilities } from './rtp.ts';

const count = z.int().check(z.gte(0));
const ms = count;
/** `revision` grows by one with every change of the room; ignore what is not newer. */
const change = { roomId: RoomId, revision: count };
/** The participant who did it, where that is somebody else. */
const by = { by: z.exactOptional(ParticipantId) };

export const LeaveReason = z.enum(['left', 'connection_lost', 'moved', 'removed', 'banned']);
export type LeaveReason = z.output<typeof LeaveReason>;

/** Why the server closed a track that its sender did not. */
export const TrackEnd = z.enum(['sent_too_much']);
export type TrackEnd = z.output<typeof TrackEnd>;

export const RemovedReason = z.enum(['moved', 'removed', 'banned', 'room_closed']);
export type RemovedReason = z.output<typeof RemovedReason>;

export const MediaResetReason = z.enum(['worker_died', 'worker_hung', 'router_closed']);
export type MediaResetReason = z.output<typeof MediaResetReason>;

/** Why the server ends a connection; only with the tokens' reasons is it no use to come back. */
export const DisconnectReason = z.enum([
  'flooding',
  'slow_reader',
  'server_fault',
  'token_expired',
  'token_revoked',
]);
export type DisconnectReason = z.output<typeof DisconnectReason>;

export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.exactOptional(z.string()),
  credential: z.exactOptional(z.string()),
});

/** The reasons that `call:end` carries; the others have a notice of their own. */
export const CallEndNoticeReason = z.enum([
  'hangup',
  'cancelled',
  'connection_lost',
  'answered_elsewhere',
  'caller_gone',
  'media_failed',
  'server_restart',
]);
export type CallEndNoticeReason = z.output<typeof CallEndNoticeReason>;

const ofCall = { callId: CallId };

interface NoticeSpec {
  /** One sentence for PROTOCOL.md. */
  readonly says: string;
  readonly payload: z.ZodMiniType;
}

const table = {
  welcome: {
    says: 'The first notice of every connection. A changed `bootId` says that the server restarted.',
    payload: z.object({
      user: User,
      deviceId: DeviceId,
      protocol: count,
      serverVersion: z.string(),
      bootId: z.string(),
      serverTime: EpochMs,
      iceServers: z.array(IceServer),
      graceMs: ms,
      call: z.nullable(Call),
      roomId: z.nullable(RoomId),
      missedCalls: count,
      /** Of every router here: a client can get ready for them before it joins. */
      routerRtpCapabilities: z.exactOptional(RtpCapabilities),
    }),
  },
  'presence:changed': {
    says: 'People whom this device watches came, went or became busy; coalesced.',
    payload: z.object({ people: z.array(Person) }),
  },
  'call:offer': {
    says: 'Somebody calls you; to each of your devices.',
    payload: z.object({ ...ofCall, from: User, media: CallMedia, expiresAt: EpochMs }),
  },
  'call:answer': {
    says:
      'The call was answered; to the caller’s device and the answering one (both, when each ' +
      'called the other): join with `room:join {callId}` now.',
    payload: z.object({ ...ofCall, call: Call }),
  },
  'call:rejected': {
    says: 'The callee refused; to the caller and every device that rang.',
    payload: z.object(ofCall),
  },
  'call:no-answer': {
    says: 'Nobody answered in time; to the caller and every device that rang.',
    payload: z.object(ofCall),
  },
  'call:busy': {
    says: 'The call was not placed: one of the two (`party`) is in another call.',
    payload: z.object({
      ...ofCall,
      userId: UserId,
      party: z.enum(['callee', 'caller']),
      message: z.string(),
    }),
  },
  'call:error': {
    says: 'The call was not placed, or the server that knew of it restarted.',
    payload: z.object({
      ...ofCall,
      code: z.enum(['offline', 'self', 'server_restart']),
      message: z.string(),
    }),
  },
  'call:reconnecting': {
    says:
      'The other’s signal is lost; the call ends in `deadlineMs` unless it comes back. ' +
      '`null`: it is back.',
    payload: z.object({ ...ofCall, userId: UserId, deadlineMs: z.nullable(ms) }),
  },
  'call:end': {
    says: 'The call is over, or rings here no more.',
    payload: z.object({ ...ofCall, reason: CallEndNoticeReason }),
  },
  'room:participant-joined': {
    says: 'Somebody took a seat.',
    payload: z.object({ ...change, participant: Participant, ...by }),
  },
  'room:participant-changed': {
    says: 'Somebody’s mute, role, hand, hold or away state changed.',
    payload: z.object({ ...change, participant: Participant, ...by }),
  },
  'room:participant-left': {
    says: 'Somebody’s seat is free again.',
    payload: z.object({ ...change, participantId: ParticipantId, reason: LeaveReason, ...by }),
  },
  'room:track-published': {
    says: 'There is a new track.',
    payload: z.object({ ...change, track: Track }),
  },
  'room:track-changed': {
    says: 'A track was paused or resumed.',
    payload: z.object({ ...change, track: Track }),
  },
  'room:track-unpublished': {
    says: 'A track is gone; `reason`: where the server closed it, for sending far more than it may.',
    payload: z.object({ ...change, producerId: ProducerId, reason: z.exactOptional(TrackEnd) }),
  },
  'room:voice': {
    says: 'Microphones reach listeners in another way now.',
    payload: z.object({ ...change, voice: Voice, ...by }),
  },
  'room:changed': {
    says: 'The room’s own settings changed.',
    payload: z.object({ ...change, room: Room, ...by }),
  },
  'room:speakers': {
    says:
      'The complete set of those who speak now, at most 8: when it changes, and every second ' +
      'while not empty. Forget it after 2 s.',
    payload: z.object({ roomId: RoomId, speakers: z.array(Speaker) }),
  },
  'chat:message': {
    says: 'Somebody wrote something.',
    payload: ChatMessage,
  },
  'media:reset': {
    says: 'Your transports are gone: build them again with the new epoch.',
    payload: z.object({ roomId: RoomId, epoch: count, reason: MediaResetReason }),
  },
  'consumer:held': {
    says:
      'A picture is withheld from you for `reason`, or not any more; `narrow_line`: your line has no ' +
      'place for it beside the voices. It is tried again by itself.',
    payload: z.object({ roomId: RoomId, held: z.boolean(), ...HeldConsumer.shape }),
  },
  replaced: {
    says: 'The same device connected again; this connection is over.',
    payload: z.object({ reason: z.literal('same_device') }),
  },
  disconnected: {
    says: 'The server ends this connection, and why. The seat is kept for `graceMs`, unless the token was revoked.',
    payload: z.object({ reason: DisconnectReason }),
  },
  removed: {
    says: 'You are out of the room, but still connected; `words`: why, as a moderator put it; `banMs`: how long you cannot come back.',
    payload: z.object({
      roomId: RoomId,
      reason: RemovedReason,
      words: z.exactOptional(z.string()),
      banMs: z.exactOptional(ms),
      ...by,
    }),
  },
  'server:draining': {
    says: 'The server goes down in `deadlineMs`; no new rooms or joins.',
    payload: z.object({ deadlineMs: ms }),
  },
} satisfies Record<string, NoticeSpec>;

export type NoticeName = keyof typeof table;

/** The table, typed so that a name that is only known at run time keeps its payload. */
export const notices: {
  readonly [N in NoticeName]: NoticeSpec & {
    readonly payload: z.ZodMiniType<Notice<N>, NoticeInput<N>>;
  };
} = table;

export const isNoticeName = (name: string): name is NoticeName => Object.hasOwn(table, name);

/** What the server writes. */
export type NoticeInput<N extends NoticeName> = z.input<(typeof table)[N]['payload']>;
/** What a client gets, checked. */
export type Notice<N extends NoticeName> = z.output<(typeof table)[N]['payload']>;
