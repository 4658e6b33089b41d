/**
 * Every request a client may send, in one table: from it come the types, the server's validation
 * and authorisation, the client's validation of answers, and PROTOCOL.md.
 */
import * as z from 'zod/mini';
import {
  Call,
  CallMedia,
  HeldConsumer,
  HistoryEntry,
  JoinMutedWish,
  Person,
  Role,
  Room,
  RoomMode,
  RoomVisibility,
  Snapshot,
  Source,
  VoiceWish,
} from './entities.ts';
import type { ErrorCode } from './errors.ts';
import { ErrorCode as ErrorCodeSchema } from './errors.ts';
import {
  CallId,
  ConsumerId,
  MessageId,
  ParticipantId,
  ProducerId,
  RoomId,
  TransportId,
  UserId,
} from './ids.ts';
import {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from './rtp.ts';
import { ChatText, Password, Reason, RoomName } from './text.ts';

/** Most ids that one request may name. */
export const MAX_IDS_PER_REQUEST = 200;
/** Longest RTP parameters of a track, as JSON. */
const MAX_RTP_PARAMETERS_LENGTH = 16 * 1024;
/** Largest room that can be asked for. */
export const MAX_PARTICIPANTS = 5000;

/** Chosen by the caller for each attempt, so that a repeated request is not a second call. */
export const CallKey = z.string().check(z.minLength(1), z.maxLength(64));

const empty = z.object({});
const inRoom = { roomId: RoomId };
const cursor = z.string().check(z.minLength(1), z.maxLength(512));
const someConsumers = z.object({
  consumerIds: z.array(ConsumerId).check(z.minLength(1), z.maxLength(MAX_IDS_PER_REQUEST)),
});
const oneProducer = z.object({ producerId: ProducerId });
const oneCall = z.object({ callId: CallId });
const theCall = z.object({ call: Call });
/** What a client needs to build its end of a transport. */
const transport = z.object({
  id: TransportId,
  iceParameters: IceParameters,
  iceCandidates: z.array(IceCandidate),
  dtlsParameters: DtlsParameters,
});
const subscriptions = z.object({
  consumers: z.array(
    z.object({
      consumerId: ConsumerId,
      producerId: ProducerId,
      kind: MediaKind,
      rtpParameters: RtpParameters,
    }),
  ),
  failed: z.array(z.object({ producerId: ProducerId, code: ErrorCodeSchema })),
});

interface RequestSpec {
  /** One sentence for PROTOCOL.md. */
  readonly does: string;
  readonly payload: z.ZodMiniType;
  readonly data: z.ZodMiniType;
  /** Codes beyond those that every request can give. */
  readonly refuses: readonly ErrorCode[];
}

const table = {
  'people:list': {
    does: 'People known to this server, by name, with their presence; `query` is part of a name.',
    payload: z.object({
      query: z.exactOptional(z.string().check(z.maxLength(160))),
      cursor: z.exactOptional(cursor),
      limit: z.exactOptional(z.int().check(z.gte(1), z.lte(100))),
    }),
    data: z.object({ people: z.array(Person), next: z.exactOptional(z.string()) }),
    refuses: [],
  },
  'people:watch': {
    does: 'Watch the presence of exactly these people; replaces the former list.',
    payload: z.object({ userIds: z.array(UserId).check(z.maxLength(MAX_IDS_PER_REQUEST)) }),
    data: z.object({ people: z.array(Person) }),
    refuses: [],
  },

  'call:initiate': {
    does:
      'Call somebody. What becomes of it always arrives as a notice. Repeated with the same ' +
      '`key` within 60 s it is the same call, and its outcome is told again.',
    payload: z.object({ to: UserId, media: CallMedia, key: CallKey }),
    data: oneCall,
    refuses: ['NOT_FOUND', 'RATE_LIMITED', 'UNAVAILABLE'],
  },
  'call:answer': {
    does: 'Take a call that rings here. If it is over already, the answer says why.',
    payload: oneCall,
    data: theCall,
    refuses: ['NOT_FOUND', 'INVALID_STATE'],
  },
  'call:reject': {
    does: 'Refuse a call that rings here, on all your devices; a call that was answered goes on.',
    payload: oneCall,
    data: theCall,
    refuses: ['NOT_FOUND', 'INVALID_STATE'],
  },
  'call:end': {
    does: 'Hang up, or give up ringing.',
    payload: oneCall,
    data: theCall,
    refuses: ['NOT_FOUND', 'INVALID_STATE'],
  },
  'call:history': {
    does: 'Your calls, newest first.',
    payload: z.object({ cursor: z.exactOptional(cursor) }),
    data: z.object({ entries: z.array(HistoryEntry), next: z.exactOptional(z.string()) }),
    refuses: [],
  },
  'call:history-seen': {
    does: 'You have seen your missed calls.',
    payload: empty,
    data: empty,
    refuses: [],
  },

  'room:list': {
    does: 'The listed rooms, and those you created.',
    payload: empty,
    data: z.object({ rooms: z.array(Room) }),
    refuses: [],
  },
  'room:create': {
    does: 'Create a room; its creator is a moderator of it.',
    payload: z.object({
      name: RoomName,
      password: z.exactOptional(Password),
      visibility: z.exactOptional(RoomVisibility),
      mode: z.exactOptional(RoomMode),
      maxParticipants: z.exactOptional(z.int().check(z.gte(2), z.lte(MAX_PARTICIPANTS))),
    }),
    data: z.object({ room: Room }),
    refuses: ['RATE_LIMITED'],
  },
  'room:join': {
    does:
      'Take a seat in a room, or come back to it. The same `epoch` as before means that your ' +
      'transports, producers and consumers are kept; another one means that all are gone. With ' +
      '`callId` instead of `roomId`: the private room of a call that you answered or that was ' +
      'answered; its `room.id` is the call’s id. With `media`, both transports are made at once, ' +
      'in place of any before, and consumers of all tracks of these kinds: that saves two round ' +
      'trips. Where they cannot be made the answer has no `media`; make them one by one then. ' +
      '`heldConsumers`: those of yours that `consumer:held` holds now.',
    payload: z
      .object({
        roomId: z.exactOptional(RoomId),
        callId: z.exactOptional(CallId),
        password: z.exactOptional(Password),
        media: z.exactOptional(
          z.object({
            rtpCapabilities: RtpCapabilities,
            kinds: z.array(MediaKind).check(z.maxLength(2)),
          }),
        ),
      })
      .check(
        z.refine(({ roomId, callId }) => (roomId === undefined) !== (callId === undefined), {
          error: 'either roomId or callId is expected',
          path: ['roomId'],
        }),
      ),
    data: z.object({
      participantId: ParticipantId,
      epoch: z.int(),
      snapshot: Snapshot,
      routerRtpCapabilities: RtpCapabilities,
      media: z.exactOptional(
        z.object({ send: transport, receive: transport, ...subscriptions.shape }),
      ),
      heldConsumers: z.exactOptional(z.array(HeldConsumer)),
    }),
    refuses: ['NOT_FOUND', 'FORBIDDEN', 'INVALID_STATE', 'ROOM_FULL', 'ROOM_LOCKED', 'UNAVAILABLE'],
  },
  'room:leave': {
    does: 'Give the seat up.',
    payload: z.object(inRoom),
    data: empty,
    refuses: ['NOT_FOUND'],
  },
  'room:snapshot': {
    does: 'The complete state of a room that you are in.',
    payload: z.object(inRoom),
    data: z.object({ snapshot: Snapshot }),
    refuses: ['NOT_FOUND'],
  },
  'room:hold': {
    does: 'Stay in the room but hear and send nothing for a while.',
    payload: z.object({ ...inRoom, held: z.boolean() }),
    data: empty,
    refuses: ['NOT_FOUND'],
  },
  'room:delete': {
    does: 'Close a room for good; everyone in it is removed. For its creator or a moderator.',
    payload: z.object(inRoom),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },

  'transport:create': {
    does: 'Create the transport of one direction; an older one of that direction is closed with all in it.',
    payload: z.object({ ...inRoom, epoch: z.int(), direction: z.enum(['send', 'receive']) }),
    data: transport,
    refuses: ['NOT_FOUND', 'MEDIA_RESET', 'UNAVAILABLE'],
  },
  'transport:connect': {
    does: 'Give the client’s DTLS parameters; repeating it is harmless.',
    payload: z.object({ transportId: TransportId, dtlsParameters: DtlsParameters }),
    data: empty,
    refuses: ['NOT_FOUND', 'MEDIA_RESET'],
  },
  'transport:restart-ice': {
    does: 'New ICE parameters for a transport whose path was lost.',
    payload: z.object({ transportId: TransportId }),
    data: z.object({ iceParameters: IceParameters }),
    refuses: ['NOT_FOUND', 'MEDIA_RESET'],
  },

  'producer:create': {
    does: 'Publish a track on the own send transport: at most one of each source.',
    payload: z.object({
      transportId: TransportId,
      kind: MediaKind,
      source: Source,
      // Real ones have 2–4 KB; the worker keeps them for as long as the track is there.
      rtpParameters: RtpParameters.check(
        z.refine(
          (parameters) => JSON.stringify(parameters).length <= MAX_RTP_PARAMETERS_LENGTH,
          `must have at most ${MAX_RTP_PARAMETERS_LENGTH} characters as JSON`,
        ),
      ),
    }),
    data: z.object({ producerId: ProducerId }),
    refuses: ['NOT_FOUND', 'FORBIDDEN', 'INVALID_STATE', 'MEDIA_RESET'],
  },
  'producer:pause': {
    does: 'Pause an own video track; a microphone follows `mic:set`.',
    payload: oneProducer,
    data: empty,
    refuses: ['NOT_FOUND', 'INVALID_STATE', 'MEDIA_RESET'],
  },
  'producer:resume': {
    does: 'Resume an own video track; a microphone follows `mic:set`.',
    payload: oneProducer,
    data: empty,
    refuses: ['NOT_FOUND', 'INVALID_STATE', 'MEDIA_RESET'],
  },
  'producer:close': {
    does: 'Unpublish an own track.',
    payload: oneProducer,
    data: empty,
    refuses: ['NOT_FOUND'],
  },

  'consumer:create': {
    does: 'Subscribe to tracks of the room on the own receive transport; all are created paused.',
    payload: z.object({
      transportId: TransportId,
      rtpCapabilities: RtpCapabilities,
      producerIds: z.array(ProducerId).check(z.minLength(1), z.maxLength(MAX_IDS_PER_REQUEST)),
    }),
    data: subscriptions,
    refuses: ['NOT_FOUND', 'INVALID_STATE', 'MEDIA_RESET'],
  },
  'consumer:resume': {
    does: 'Let media flow; ids that are gone are passed over unless all are.',
    payload: someConsumers,
    data: empty,
    refuses: ['NOT_FOUND', 'MEDIA_RESET'],
  },
  'consumer:pause': {
    does: 'Stop the flow and keep the consumers.',
    payload: someConsumers,
    data: empty,
    refuses: ['NOT_FOUND', 'MEDIA_RESET'],
  },
  'consumer:close': {
    does: 'End subscriptions; those already gone are passed over.',
    payload: someConsumers,
    data: empty,
    refuses: [],
  },
  'consumer:layers': {
    does: 'The best simulcast or SVC layers wanted of a video track.',
    payload: z.object({
      consumerId: ConsumerId,
      spatialLayer: z.int().check(z.gte(0), z.lte(8)),
      temporalLayer: z.exactOptional(z.int().check(z.gte(0), z.lte(8))),
    }),
    data: empty,
    refuses: ['NOT_FOUND', 'INVALID_STATE', 'MEDIA_RESET'],
  },

  'mic:set': {
    does: 'Mute or unmute yourself; works with or without a microphone.',
    payload: z.object({ ...inRoom, muted: z.boolean() }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'hand:set': {
    does: 'Raise or lower your hand.',
    payload: z.object({ ...inRoom, raised: z.boolean() }),
    data: empty,
    refuses: ['NOT_FOUND'],
  },
  'chat:send': {
    does: 'Say something in writing to everyone in the room.',
    payload: z.object({ ...inRoom, text: ChatText }),
    data: z.object({ messageId: MessageId }),
    refuses: ['NOT_FOUND', 'RATE_LIMITED'],
  },

  'mod:mute': {
    does: 'Mute somebody; nobody can unmute another.',
    payload: z.object({ ...inRoom, participantId: ParticipantId }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'mod:remove': {
    does: 'Remove somebody, for `banMs` if given (0: just this once).',
    payload: z.object({
      ...inRoom,
      participantId: ParticipantId,
      reason: z.exactOptional(Reason),
      banMs: z.exactOptional(z.int().check(z.gte(0), z.lte(366 * 24 * 3600 * 1000))),
    }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'mod:role': {
    does: 'Change somebody’s role. The creator of a room stays a moderator.',
    payload: z.object({ ...inRoom, participantId: ParticipantId, role: Role }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'mod:lock': {
    does: 'Let nobody new in, or open the room again.',
    payload: z.object({ ...inRoom, locked: z.boolean() }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'mod:mode': {
    does: 'Open: everyone may speak. Stage: speakers speak, listeners listen.',
    payload: z.object({ ...inRoom, mode: RoomMode }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN'],
  },
  'mod:voice': {
    does:
      'How microphones are heard: each by itself, through slots, or as the size asks for. A room ' +
      'that is spread over several workers cannot be heard directly: `INVALID_STATE`, `room_spread`.',
    payload: z.object({ ...inRoom, posture: VoiceWish }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN', 'INVALID_STATE'],
  },
  'mod:join-muted': {
    does: 'Whether those who come in stay muted at first: always, never, or as the size asks for.',
    payload: z.object({ ...inRoom, joinMuted: JoinMutedWish }),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN', 'INVALID_STATE'],
  },
  'mod:dismiss-stage': {
    does: 'No stage is suggested any more, for any moderator, until the room has been small again.',
    payload: z.object(inRoom),
    data: empty,
    refuses: ['NOT_FOUND', 'FORBIDDEN', 'INVALID_STATE'],
  },
} satisfies Record<string, RequestSpec>;

export type RequestName = keyof typeof table;

/** The table, typed so that a name that is only known at run time keeps payload and data together. */
export const requests: {
  readonly [N in RequestName]: RequestSpec & {
    readonly payload: z.ZodMiniType<Payload<N>, PayloadInput<N>>;
    readonly data: z.ZodMiniType<Data<N>, DataInput<N>>;
  };
} = table;

export const isRequestName = (name: string): name is RequestName => Object.hasOwn(table, name);

/** What a client writes. */
export type PayloadInput<N extends RequestName> = z.input<(typeof table)[N]['payload']>;
/** What a handler gets, checked. */
export type Payload<N extends RequestName> = z.output<(typeof table)[N]['payload']>;
/** What a handler answers. */
export type DataInput<N extends RequestName> = z.input<(typeof table)[N]['data']>;
/** What a client gets, checked. */
export type Data<N extends RequestName> = z.output<(typeof table)[N]['data']>;
