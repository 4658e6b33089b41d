/**
 * What the headless session shows to whoever drives it (the Svelte client, a test, a bot).
 * Values are plain and read-only; `subscribe` tells that something changed.
 */
import type {
  CallId,
  CallMedia,
  CallOutcome,
  Data,
  ErrorCode,
  HeldReason,
  JoinMutedWish,
  Participant,
  ParticipantId,
  Person,
  RefusalReason,
  RemovedReason,
  Role,
  Room,
  RoomId,
  RoomMode,
  Snapshot,
  Source,
  User,
  UserId,
  VoiceWish,
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
  | {
      readonly phase: 'ended';
      readonly reason: 'replaced' | 'signed_out' | TokenEnd | ErrorCode;
    };

/** Why a sign-in is over: its time has come, or it was ended, here or by the operator. */
export type TokenEnd = Extract<RefusalReason, 'token_expired' | 'token_revoked'>;

export type MicrophoneProblem = 'denied' | 'none' | 'in_use' | 'insecure' | 'failed';

export type MicrophoneState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'live' }
  /** The system puts silence in its place, as for a phone call; it comes back by itself or by opening. */
  | { readonly phase: 'silenced' }
  | { readonly phase: 'listen_only'; readonly problem: MicrophoneProblem };

export type CameraState =
  | { readonly phase: 'off' }
  | { readonly phase: 'opening' }
  | { readonly phase: 'on' }
  /** Off, because it could not be opened or went away. */
  | { readonly phase: 'failed'; readonly problem: MicrophoneProblem };

/** Why one is no longer in the room: the wire's word, or the code of the refusal. */
export type RoomEnd =
  | 'left'
  | RemovedReason
  | 'replaced'
  /** The session was closed, as when the page goes away: the seat is kept for a moment. */
  | 'signed_out'
  | RefusalReason
  | ErrorCode
  | 'unsupported_browser';

export type RoomPhase =
  | { readonly phase: 'joining' }
  | { readonly phase: 'joined' }
  /** In the room as far as we know, but the signal is lost. */
  | { readonly phase: 'reconnecting'; readonly sinceMs: number }
  | {
      readonly phase: 'ended';
      readonly reason: RoomEnd;
      /** Who ended it, and why in their words, where somebody did and it is known. */
      readonly by?: User;
      readonly words?: string;
      /** When they may come back, by the clock of this device (`Date.now`). */
      readonly bannedUntil?: number;
    };

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
  /** Ask for the microphone (again): of this device, of any if empty, as before if not given. */
  openMicrophone(deviceId?: string): Promise<void>;
  leave(): Promise<void>;
  /** Asks to speak; moderators see the raised hands in order. */
  setHand(raised: boolean): Promise<void>;
  /** Writes to everyone in the room. */
  say(text: string): Promise<void>;
  readonly moderation: Moderation;
  /** What others did to the room or to somebody in it, as it happens; `by` is who did it. */
  onDeed(told: (deed: Deed) => void): () => void;
  /** Present loudness of a participant as heard (or sent) here, 0 … 1; cheap, for animation. */
  level(id: ParticipantId): number;
  /** Sound to play, by participant; the list is replaced when it changes. */
  readonly voices: Watchable<readonly Voice[]>;
  /** Whose voice each slot of a large room carries now, by the voice's producer id. */
  readonly slotOwners: Watchable<ReadonlyMap<string, ParticipantId>>;
  readonly timings: JoinTimings;
}

/** For moderators; each rejects with a `RequestError`: FORBIDDEN for all others. */
export interface Moderation {
  mute(id: ParticipantId): Promise<void>;
  /** Out of the room; for `banMs` they cannot come back. `reason`: in the moderator's words. */
  remove(
    id: ParticipantId,
    options?: { readonly reason?: string; readonly banMs?: number },
  ): Promise<void>;
  setRole(id: ParticipantId, role: Role): Promise<void>;
  /** Locked: nobody new comes in. */
  setLocked(locked: boolean): Promise<void>;
  setMode(mode: RoomMode): Promise<void>;
  /** How microphones are heard: each by itself, through slots, or as the size asks for. */
  setVoice(posture: VoiceWish): Promise<void>;
  /** Whether those who come in stay muted at first. */
  setJoinMuted(wish: JoinMutedWish): Promise<void>;
  /** No stage is suggested any more, until the room has been small again. */
  dismissStage(): Promise<void>;
  deleteRoom(): Promise<void>;
}

/** `direct`: each microphone by itself; `slots`: the few who speak, through shared slots. */
export type Voicing = Snapshot['voice']['mode'];

/** A step that the room took by its size, or was told to take. */
export type StepTaken =
  /** `auto`: the room decides again, and says so if that changes anything. */
  | { readonly what: 'voice'; readonly voice: VoiceWish }
  | { readonly what: 'join_muted'; readonly join: JoinMutedWish };

/** Something that a person did, for all to see; names are those of the moment. */
export type Deed = {
  /** Null where nobody did it: the room by itself, or the person it happened to. */
  readonly by: User | null;
} & (
  | {
      readonly what:
        'muted' | 'invited_to_speak' | 'sent_to_listeners' | 'made_moderator' | 'unmade_moderator';
      readonly whom: User;
    }
  | { readonly what: 'removed' | 'banned'; readonly whom: User }
  /** The server stopped a track of theirs. */
  | { readonly what: 'sent_too_much'; readonly whom: User }
  | { readonly what: 'locked' | 'unlocked' | 'opened' | 'staged' }
  | StepTaken
);

/** A sound to be played. */
export interface Voice {
  /** Null where it carries whoever speaks (a slot of a large room). */
  readonly participantId: ParticipantId | null;
  readonly producerId: string;
  readonly source: Source;
  readonly track: MediaStreamTrack;
}

/** A picture to be shown. */
export interface Picture {
  readonly participantId: ParticipantId;
  readonly producerId: string;
  readonly source: Source;
  readonly track: MediaStreamTrack;
  /** Its sender has stopped it for a while: show the person instead. */
  readonly paused: boolean;
  /** Why the server withholds it; it comes back by itself. */
  readonly held: HeldReason | null;
}

/** How far a call is. */
export type CallPhase =
  /** Asked for; the server has not said yet what comes of it. */
  | { readonly phase: 'placing' }
  /** Rings: at the other's devices, or here. `expiresAt`: on the server's clock. */
  | { readonly phase: 'ringing'; readonly expiresAt: number }
  /** Answered here; the server's word is on its way. */
  | { readonly phase: 'answering' }
  /** Both are in it. `since`: on the server's clock. */
  | { readonly phase: 'active'; readonly since: number }
  | { readonly phase: 'ended'; readonly reason: CallEnd; readonly durationMs: number };

/** Why a call is over: the wire's word, or the code of a refusal. */
export type CallEnd =
  | CallOutcome
  /** I am in another call myself. */
  | 'caller_busy'
  /** One cannot call oneself. */
  | 'self'
  | 'replaced'
  | 'signed_out'
  | TokenEnd
  | 'at_capacity'
  | 'unsupported_browser'
  | ErrorCode;

export interface CallView {
  /** Null until the server has given one. */
  readonly callId: CallId | null;
  readonly direction: 'placed' | 'received';
  readonly peer: User;
  /** What it was placed with. */
  readonly media: CallMedia;
  readonly status: CallPhase;
  /** The other's signal is lost; the call ends at `deadlineAt` (server's clock) unless it is back. */
  readonly peerLost: { readonly deadlineAt: number } | null;
  /** The own signal is lost since then, by this device's clock; media may still flow. */
  readonly signalLostSince: number | null;
  readonly path: MediaPath;
  readonly microphone: MicrophoneState;
  readonly camera: CameraState;
  /** What the person wants. */
  readonly muted: boolean;
  /** What the other shows; null while it is not known. */
  readonly peerState: { readonly muted: boolean; readonly camera: boolean } | null;
  /** Much is lost, or comes late, in either direction. */
  readonly poorNetwork: boolean;
}

/** One call, from being placed or offered to its end. */
export interface CallSession extends Watchable<CallView> {
  /** Takes a call that rings here, with or without the own camera. */
  answer(media: CallMedia): Promise<void>;
  reject(): Promise<void>;
  /** Hangs up, or gives up ringing. */
  end(): Promise<void>;
  /** Resolves once the server knows, or at once before the call is active. */
  setMuted(muted: boolean): Promise<void>;
  /** Off frees the camera. Also while it still rings. */
  setCamera(on: boolean): Promise<void>;
  /** This device, any if empty, as before if not given. */
  openMicrophone(deviceId?: string): Promise<void>;
  /** Turns the camera on: which one, as for the microphone. */
  openCamera(deviceId?: string): Promise<void>;
  /** The other's sound. */
  readonly voices: Watchable<readonly Voice[]>;
  /** The other's picture. */
  readonly pictures: Watchable<readonly Picture[]>;
  /** The own camera's track, to be shown mirrored; null while it is off. */
  readonly ownPicture: Watchable<MediaStreamTrack | null>;
  /** Present loudness, 0 … 1; cheap, for animation. */
  level(of: 'self' | 'peer'): number;
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
  /** People known to the server by name, a page at a time. */
  listPeople(options?: {
    readonly query?: string;
    readonly cursor?: string;
  }): Promise<Data<'people:list'>>;
  /** From now on `presence` follows exactly these people, also after a reconnect. */
  watchPeople(userIds: readonly UserId[]): void;
  /** The people that are watched, as far as they are known. */
  readonly presence: Watchable<ReadonlyMap<UserId, Person>>;
  /**
   * The call of this device: live, or over and not dismissed. There is at most one, as nobody is in
   * two calls; a call that rings takes the place of one that is over.
   */
  readonly call: Watchable<CallSession | null>;
  /** Calls somebody; while a call is live, gives that one back. */
  placeCall(to: User, media: CallMedia): CallSession;
  /** Takes a call that is over off the screen. */
  dismissCall(): void;
  /** Own calls, newest first, a page at a time. */
  listCalls(cursor?: string): Promise<Data<'call:history'>>;
  /** How many missed calls have not been seen. */
  readonly missedCalls: Watchable<number>;
  markCallsSeen(): Promise<void>;
  /** Renews the name; the id stays. */
  rename(name: string): Promise<void>;
  /** The server's clock now, milliseconds since 1970. */
  serverNow(): number;
  /** On purpose: the server is told (used on pagehide). */
  close(): void;
}

/** Where the camera comes from. */
export interface Cameras {
  /** Any, for an empty name. Rejects with a `MicrophoneError` that carries a `MicrophoneProblem`. */
  open(deviceId?: string): Promise<MediaStreamTrack>;
}

/** Where the microphone comes from; the browser's implementation lives in `platform/`. */
export interface Microphones {
  /** Any, for an empty name. Rejects with a `MicrophoneError` that carries a `MicrophoneProblem`. */
  open(deviceId?: string): Promise<MediaStreamTrack>;
  /** Calls back whenever the person comes back to the page; the returned function ends that. */
  onReturn(back: () => void): () => void;
}
