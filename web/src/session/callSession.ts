/** One call, from being placed or offered to its end: signalling, own devices and the call's room. */
import type { CallMedia } from '@veche/protocol';
import type {
  Cameras,
  CallSession,
  CallView,
  Microphones,
  Picture,
  RoomEnd,
  Voice,
  Watchable,
} from './api.ts';
import { CallRoom } from './callRoom.ts';
import { CallSignalling } from './callSignalling.ts';
import { canBeTaken, isOver, type CallState } from './callState.ts';
import { Camera } from './camera.ts';
import { Microphone } from './microphone.ts';
import { Observable, settled } from './observable.ts';
import type { RoomPorts } from './roomSession.ts';

/** The call's own word is on its way when its room closes; then it is asked for. */
const WORD_WITHIN_MS = 2000;

/** Ends of a call's room that only follow from the end of the call. */
const FOLLOWING = [
  'NOT_FOUND',
  'INVALID_STATE',
  'room_spread',
  'room_closed',
  'moved',
  'removed',
  'banned',
  'left',
] as const satisfies readonly RoomEnd[];

const isOwnReason = (reason: RoomEnd): reason is Exclude<RoomEnd, (typeof FOLLOWING)[number]> =>
  FOLLOWING.every((other) => other !== reason);

export interface CallPorts extends RoomPorts {
  readonly microphones: Microphones;
  readonly cameras: Cameras;
}

export class DeviceCall implements CallSession {
  readonly signalling: CallSignalling;
  readonly #ports: CallPorts;
  readonly #microphone: Microphone;
  readonly #camera: Camera;
  readonly #view: Observable<CallView>;
  readonly #voices = new Observable<readonly Voice[]>([]);
  readonly #pictures = new Observable<readonly Picture[]>([]);
  readonly #unfollow: () => void;
  /** Taken up after a reload. */
  readonly #resumed: boolean;
  #room: CallRoom | null = null;
  /** Talking begins unmuted: that is what a call is for. */
  #muted = false;

  constructor(initial: CallState, ports: CallPorts) {
    this.#ports = ports;
    this.signalling = new CallSignalling(initial, newKey(), ports);
    this.#microphone = new Microphone(ports.microphones, ports.log, ports.timers);
    this.#camera = new Camera(ports.cameras, ports.log);
    this.ownPicture = this.#camera.track;
    this.#view = new Observable(this.#look());
    this.signalling.state.subscribe(this.#follow);
    this.#microphone.state.subscribe(this.#show);
    this.#camera.state.subscribe(this.#show);
    this.#unfollow = ports.connection.state.subscribe(this.#show);
    this.#resumed = initial.status.phase === 'active';
    this.#follow();
  }

  readonly voices = this.#voices;
  readonly pictures = this.#pictures;
  readonly ownPicture: Watchable<MediaStreamTrack | null>;

  get current(): CallView {
    return this.#view.current;
  }

  subscribe(changed: () => void): () => void {
    return this.#view.subscribe(changed);
  }

  get ended(): boolean {
    return isOver(this.signalling.state.current);
  }

  /** The devices are opened at once: the browser may ask, and later nothing is to wait for it. */
  place(): void {
    this.#openDevices(this.current.media);
    this.signalling.place();
  }

  async answer(media: CallMedia): Promise<void> {
    const { state } = this.signalling;
    if (!canBeTaken(state.current)) return;
    this.signalling.answer();
    this.#openDevices(media);
    await settled(state, ({ status }) => status.phase !== 'answering');
  }

  async reject(): Promise<void> {
    if (canBeTaken(this.signalling.state.current)) await this.signalling.end();
  }

  /** The devices are free at once; the server's word may take a moment. */
  async end(): Promise<void> {
    this.#letGo();
    await this.signalling.end();
  }

  setMuted(muted: boolean): Promise<void> {
    this.#muted = muted;
    this.#show();
    const room = this.#room?.room;
    return room && !room.ended ? room.setMuted(muted) : Promise.resolve();
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) await this.#camera.turnOn();
    else this.#camera.turnOff();
  }

  openMicrophone(deviceId?: string): Promise<void> {
    return this.#microphone.open(deviceId);
  }

  openCamera(deviceId?: string): Promise<void> {
    return this.#camera.turnOn(deviceId);
  }

  level(of: 'self' | 'peer'): number {
    return this.#room?.level(of) ?? 0;
  }

  #openDevices(media: CallMedia): void {
    this.#microphone.begin();
    if (media === 'video') void this.#camera.turnOn();
  }

  #follow = (): void => {
    const { status } = this.signalling.state.current;
    if (status.phase === 'active' && !this.#room) this.#enter();
    if (status.phase === 'ended') {
      this.#unfollow();
      this.#letGo();
    }
    this.#show();
  };

  #enter(): void {
    const { callId, peer } = this.signalling.state.current;
    if (callId === null) return;
    // For whoever measures a page from outside.
    if (!this.#resumed) performance.mark('veche:callAnswered');
    const options = { callId, peer, resumed: this.#resumed, muted: this.#muted };
    const devices = { microphone: this.#microphone, camera: this.#camera };
    const callRoom = new CallRoom(
      { ...options, ...devices },
      { ...this.#ports, changed: this.#show, ended: this.#roomEnded },
    );
    this.#room = callRoom;
    const { room } = callRoom;
    room.voices.subscribe(() => {
      this.#voices.set(room.voices.current);
    });
    room.pictures.subscribe(() => {
      this.#pictures.set(room.pictures.current);
    });
    this.#show();
  }

  /** Most often because the call is over; that is then told for a reason of its own. */
  #roomEnded = (reason: RoomEnd): void => {
    if (this.ended) return;
    if (isOwnReason(reason)) {
      this.signalling.giveUp(reason);
      return;
    }
    this.#ports.timers.after(WORD_WITHIN_MS, () => {
      this.signalling.askWhy();
    });
  };

  #letGo(): void {
    this.#room?.close();
    this.#microphone.close();
    this.#camera.close();
  }

  #show = (): void => {
    this.#view.set(this.#look());
  };

  #look(): CallView {
    const { callId, direction, peer, media, status, peerLost } = this.signalling.state.current;
    const connection = this.#ports.connection.state.current;
    const lost = connection.phase === 'reconnecting' && status.phase !== 'ended';
    const room = this.#room?.room.current;
    return {
      callId,
      direction,
      peer,
      media,
      status,
      peerLost,
      signalLostSince: lost ? connection.sinceMs : null,
      path: room?.media ?? 'idle',
      microphone: this.#microphone.state.current,
      camera: this.#camera.state.current,
      muted: room?.muted ?? this.#muted,
      peerState: this.#room?.peerState ?? null,
      poorNetwork: this.#room?.poorNetwork ?? false,
    };
  }
}

/** 128 random bits; `crypto.randomUUID` does not exist on insecure pages. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
