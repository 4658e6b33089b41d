/**
 * What the headless session shows to whoever drives it (the Svelte client, a test, a bot).
 * Values are plain and read-only; `subscribe` tells that something changed.
 */
import type {
  ErrorCode,
  Participant,
  ParticipantId,
  Person,
  RemovedReason,
  Room,
  RoomId,
  Snapshot,
  Source,
  User,
} from '@veche/protocol';

/** A value that changes: read it, or be told. */
export interface Watchable<T> {
  readonly current: T;
  /** Calls back after every change, until the returned function is called. */
  subscribe(changed: () => void): () => void;
}

export type ConnectionState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'online' }
  /** The signal is lost (`sinceMs`: since 1970) and is being looked for; media may still flow. */
  | { readonly phase: 'reconnecting'; readonly sinceMs: number }
  /** Over; only a new sign-in or a reload starts again. */
  | { readonly phase: 'ended'; readonly reason: 'replaced' | 'signed_out' | ErrorCode };

export type MicrophoneProblem = 'denied' | 'none' | 'in_use' | 'insecure' | 'failed';

export type MicrophoneState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'live' }
  | { readonly phase: 'listen_only'; readonly problem: MicrophoneProblem };

/** Why one is no longer in the room: the wire's word, or the code of the refusal. */
export type RoomEnd =
  | 'left'
  | RemovedReason
  | 'replaced'
  /** The session was closed, as when the page goes away: the seat is kept for a moment. */
  | 'signed_out'
  | ErrorCode
  | 'unsupported_browser';

export type RoomPhase =
  | { readonly phase: 'joining' }
  | { readonly phase: 'joined' }
  /** In the room as far as we know, but the signal is lost. */
  | { readonly phase: 'reconnecting'; readonly sinceMs: number }
  | { readonly phase: 'ended'; readonly reason: RoomEnd };

/** Whether sound and picture get through, of both transports together. */
export type MediaPath = 'idle' | 'connecting' | 'connected' | 'interrupted';

export interface RoomView {
  readonly roomId: RoomId;
  readonly status: RoomPhase;
  /** Null until the first join succeeds. */
  readonly snapshot: Snapshot | null;
  readonly self: Participant | null;
  readonly microphone: MicrophoneState;
  /** What the person wants; the server's word is `self.muted`. */
  readonly muted: boolean;
  readonly media: MediaPath;
  /** People whose voice arrives here: a consumer exists and is not paused. */
  readonly hearing: ReadonlySet<ParticipantId>;
  /** Those who speak now, by the server's observer. Level in dBov. */
  readonly speaking: ReadonlyMap<ParticipantId, number>;
}

/** One membership of one room, from join to end, across reconnects. */
export interface RoomSession extends Watchable<RoomView> {
  /** Resolves once the server knows; rejects with a `RequestError`. */
  setMuted(muted: boolean): Promise<void>;
  /** Ask for the microphone (again), of this device if named. */
  openMicrophone(deviceId?: string): Promise<void>;
  leave(): Promise<void>;
  /** Present loudness of a participant as heard (or sent) here, 0 … 1; cheap, for animation. */
  level(id: ParticipantId): number;
  /** Sound to play, by participant; the list is replaced when it changes. */
  readonly voices: Watchable<readonly Voice[]>;
  readonly timings: JoinTimings;
}

/** A sound to be played. */
export interface Voice {
  /** Null where it carries whoever speaks (a slot of a large room). */
  readonly participantId: ParticipantId | null;
  readonly producerId: string;
  readonly source: Source;
  readonly track: MediaStreamTrack;
}

/** When each step of the first join was done; null until then. Milliseconds since 1970. */
export interface JoinTimings {
  readonly joinStarted: number | null;
  readonly joinAcked: number | null;
  readonly transportsReady: number | null;
  readonly firstConsumerResumed: number | null;
  readonly firstPacket: number | null;
}

export interface JoinOptions {
  /** What to be after the join, for a page that was loaded again; muted by default. */
  readonly initialMuted?: boolean;
}

/** A signed-in person on this device. */
export interface Session {
  readonly user: User;
  /** The same as `user`, for those who want to be told of a new name. */
  readonly profile: Watchable<User>;
  readonly connection: Watchable<ConnectionState>;
  /** The room being joined or joined; null otherwise. */
  readonly room: Watchable<RoomSession | null>;
  listRooms(): Promise<readonly Room[]>;
  createRoom(options: {
    name: string;
    password?: string;
    visibility?: Room['visibility'];
  }): Promise<Room>;
  /**
   * Joins and leaves any former room. The session ends up in `room` at once. A room that one is
   * already in is given back as it is.
   */
  joinRoom(roomId: RoomId, password?: string, options?: JoinOptions): RoomSession;
  listPeople(query?: string): Promise<readonly Person[]>;
  /** Renews the name; the id stays. */
  rename(name: string): Promise<void>;
  /** The server's clock now, milliseconds since 1970. */
  serverNow(): number;
  /** On purpose: the server is told (used on pagehide). */
  close(): void;
}

/** Where the microphone comes from; the browser's implementation lives in `platform/`. */
export interface Microphones {
  /** Rejects with a `MicrophoneError` that carries a `MicrophoneProblem`. */
  open(deviceId?: string): Promise<MediaStreamTrack>;
}
