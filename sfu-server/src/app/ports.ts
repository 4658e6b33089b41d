/** What the use cases need of the world around them, named for the need. */
import type {
  Call,
  CallId,
  ConsumerId,
  DataInput,
  DeviceId,
  DtlsParameters,
  IceParameters,
  LeaveReason,
  MediaKind,
  MediaResetReason,
  MessageId,
  NoticeInput,
  NoticeName,
  ParticipantId,
  ProducerId,
  RemovedReason,
  RoomId,
  RtpCapabilities,
  RtpParameters,
  Source,
  TrackEnd,
  TransportId,
  User,
  UserId,
} from '@veche/protocol';
import type { CallRecord } from '../domain/call.ts';
import type { RoomNotice, RoomRecord } from '../domain/room.ts';

export interface Clock {
  /** Epoch milliseconds, for what people see. */
  now(): number;
  /** Milliseconds that no change of the wall clock disturbs, for deadlines. */
  monotonic(): number;
}

export interface Timers {
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back every `ms`; the returned function cancels. */
  every(ms: number, callback: () => void): () => void;
}

/** One device of one user. */
export interface Address {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** For maps by device. */
export const addressKey = ({ userId, deviceId }: Address): string => `${userId}/${deviceId}`;

export interface Notifier {
  /** To every device that listens to the room; `lossy` for what may be dropped on a slow line. */
  toRoom<N extends NoticeName>(
    roomId: RoomId,
    name: N,
    payload: NoticeInput<N>,
    options?: { readonly lossy: boolean },
  ): void;
  toDevice<N extends NoticeName>(to: Address, name: N, payload: NoticeInput<N>): void;
  /** The device hears the room's notices from now on, but after its next ack. */
  listenAfterAck(device: Address, roomId: RoomId): void;
  /** The device hears no more of the room. */
  stopListening(device: Address, roomId: RoomId): void;
}

/** Is told what happens to rooms, to be counted. */
export interface RoomWitness {
  mediaReset(reason: MediaResetReason): void;
  left(reason: LeaveReason | RemovedReason): void;
}

/** Changes of a room, told in order. */
export const tellRoom = (
  notifier: Notifier,
  roomId: RoomId,
  notices: readonly RoomNotice[],
): void => {
  for (const { name, payload } of notices) notifier.toRoom(roomId, name, payload);
};

export interface Media {
  /** Every worker has as much to do as it may: nothing new should begin. */
  readonly isFull: boolean;
  /** @throws Refusal UNAVAILABLE where no worker is up */
  createRoom(): Promise<MediaRoomPort>;
}

export interface MediaRoomEvents {
  /** The router is gone with all transports, producers and consumers in it. */
  lost(reason: MediaResetReason): void;
  /** What these receive on is gone; the room is not. */
  partLost(reason: MediaResetReason, peers: ReadonlySet<MediaPeerPort>): void;
  /** Who is loud in this interval; empty where nobody is. */
  levels(levels: readonly { producerId: ProducerId; level: number }[]): void;
}

export interface MediaRoomPort {
  readonly rtpCapabilities: DataInput<'room:join'>['routerRtpCapabilities'];
  /** Once, before anyone is in it. */
  listen(events: MediaRoomEvents): void;
  /** @param number of the participant, which listeners of a slot are told */
  createPeer(number: number, events: MediaPeerEvents): MediaPeerPort;
  /** Lets microphones be heard through slots, which stay until `closeSlots`; their names. */
  openSlots(): Promise<ProducerId[]>;
  closeSlots(): void;
  /** Some receive on other routers, where there are slots only. */
  readonly isSpread: boolean;
  /** Nobody new should be let in: those inside would hear it. */
  readonly isFull: boolean;
  close(): void;
}

export type Direction = 'send' | 'receive';

/**
 * `dtls_failed`: the handshake, or `dtls_timeout`: it was not done in time; `ice_lost`: no path for
 * too long; `sent_too_much`: far more than all that a client may send; `closed_by_client`: its
 * RTCPeerConnection.
 */
export type TransportEnd =
  'dtls_failed' | 'dtls_timeout' | 'ice_lost' | 'sent_too_much' | 'closed_by_client';

export interface MediaPeerEvents {
  /** A transport closed that should not have. */
  transportEnded(direction: Direction, reason: TransportEnd): void;
  /** A producer ended, by itself or with its transport; `reason` where it was closed for something. */
  producerClosed(producerId: ProducerId, reason: TrackEnd | undefined): void;
  /** There is no place on the line for this picture, or there may be again. */
  withheld(consumerId: ConsumerId, withheld: boolean): void;
}

export interface ProduceRequest {
  readonly transportId: TransportId;
  readonly kind: MediaKind;
  readonly source: Source;
  readonly rtpParameters: RtpParameters;
  readonly paused: () => boolean;
}

export interface ConsumeRequest {
  readonly transportId: TransportId;
  readonly rtpCapabilities: RtpCapabilities;
  readonly producerIds: readonly ProducerId[];
}

export type MediaId = TransportId | ProducerId | ConsumerId;

/**
 * The media of one participant. Ids are looked up in this participant's own objects only; an id
 * that is not there is refused with NOT_FOUND, one whose object was lost with MEDIA_RESET.
 * What comes after `late` aborted, or after `close`, is undone.
 */
export interface MediaPeerPort {
  readonly closed: boolean;
  /** Consumers that it has or is getting. */
  readonly consumerCount: number;
  /** Consumers of pictures for which there is no place on the line. */
  readonly withheld: readonly ConsumerId[];
  /** Whether media can flow at all: one of its transports is connected. */
  readonly connected: boolean;
  owns(id: MediaId): boolean;
  /** Whether it owns this id or once did. */
  everOwned(id: MediaId): boolean;
  createTransport(direction: Direction, late: AbortSignal): Promise<DataInput<'transport:create'>>;
  connectTransport(id: TransportId, dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(id: TransportId): Promise<IceParameters>;
  produce(request: ProduceRequest, late: AbortSignal): Promise<ProducerId>;
  setProducerPaused(id: ProducerId, paused: boolean): Promise<void>;
  closeProducer(id: ProducerId): void;
  consume(request: ConsumeRequest, late: AbortSignal): Promise<DataInput<'consumer:create'>>;
  setConsumersPaused(ids: readonly ConsumerId[], paused: boolean): Promise<void>;
  closeConsumers(ids: readonly ConsumerId[]): void;
  /** Also those that are still being made. */
  closeConsumersOf(producerIds: readonly ProducerId[]): void;
  setLayers(id: ConsumerId, spatialLayer: number, temporalLayer: number | undefined): Promise<void>;
  /** On hold nothing is received, whatever the client asked for. */
  setHeld(held: boolean): Promise<void>;
  close(): void;
}

export interface RoomStore {
  get(id: RoomId): RoomRecord | undefined;
  /** Listed rooms and those created by `userId`, newest first. */
  visibleTo(userId: UserId): RoomRecord[];
  countCreatedBy(userId: UserId): number;
  save(record: RoomRecord): void;
  delete(id: RoomId): void;
}

export interface CallStore {
  /** Keeps a live call for the next start; puts one that is over into both people's history. */
  write(record: CallRecord): void;
  /** Calls that were live when the server ended without a word. */
  live(): CallRecord[];
  /** A call that is over, to one who was in it. */
  past(userId: UserId, callId: CallId): Call | undefined;
  /** Newest first, a page after `cursor`. */
  history(userId: UserId, cursor: string | undefined): DataInput<'call:history'>;
  markSeen(userId: UserId): void;
  countUnseen(userId: UserId): number;
}

export interface PeopleStore {
  get(id: UserId): User | undefined;
  getMany(ids: readonly UserId[]): User[];
  /** @param tokensUntil when the token that they get now is over, epoch ms */
  save(user: User, now: number, tokensUntil: number): void;
  /**
   * Forgets people all of whose tokens were over then, with their history, unless they are in that
   * of somebody else. At most so many; how many it were.
   */
  forget(before: number, limit: number): number;
  /** By name, `limit` after `cursor`. */
  search(
    query: string,
    cursor: string | undefined,
    limit: number,
  ): { people: User[]; next?: string };
}

/** Who a token stands for, and until when. Times in epoch ms. */
export interface Identity {
  readonly user: User;
  readonly tokenId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface Tokens {
  issue(user: User, now: number): Promise<Identity & { readonly token: string }>;
  /** @throws Refusal UNAUTHENTICATED */
  verify(token: string, now: number): Promise<Identity>;
}

export interface RevocationStore {
  isRevoked(identity: Identity): boolean;
  revokeToken(identity: Identity, now: number): void;
  /** All tokens that this person was given until now. */
  revokePerson(userId: UserId, now: number): void;
  /** Another number means that another process has written since. */
  foreignChanges(): number;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** Bounds how often passwords can be guessed. */
export interface PasswordTries {
  /**
   * One more try, and then whether it was wrong.
   * @throws Refusal RATE_LIMITED
   */
  begin(userId: UserId, networkAddress: string): (wrong: boolean) => void;
}

/** How often one network address may sign in and connect. */
export interface AddressLimit {
  /** @param now monotonic ms */
  allow(networkAddress: string, now: number): boolean;
}

export interface Ids {
  userId(): UserId;
  roomId(): RoomId;
  participantId(): ParticipantId;
  messageId(): MessageId;
  callId(): CallId;
  /** Grows for ever, also across restarts, so that no client takes new media for its old. */
  epoch(): number;
}
