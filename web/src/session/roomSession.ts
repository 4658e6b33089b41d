/** One membership of one room, from join to end, across reconnects: puts the parts together. */
import type { Data, ParticipantId, RoomId, RtpCapabilities, Snapshot } from '@veche/protocol';
import type { JoinOptions, RoomSession, RoomView, Voice } from './api.ts';
import type { Connection } from './connection.ts';
import type { RouterDevice } from './device.ts';
import { RequestError } from './errors.ts';
import { RoomMedia } from './media.ts';
import type { MediaWanted } from './joining.ts';
import { Membership } from './membership.ts';
import { Microphone } from './microphone.ts';
import { Muting } from './muting.ts';
import { Observable, sameItems } from './observable.ts';
import { pause, type SessionPorts } from './ports.ts';
import { ownTracks, selfOf } from './roomState.ts';
import type { Seat } from './seatMedia.ts';
import { Speaking } from './speaking.ts';
import { wish } from './subscriptions.ts';
import { Timings } from './timings.ts';

export interface RoomPorts extends Pick<SessionPorts, 'microphones' | 'timers' | 'log'> {
  readonly connection: Connection;
  readonly device: RouterDevice;
}

/** A join waits this long for the browser to find out what it can do. */
const PROBE_WITHIN_MS = 500;

const sound = (rtpCapabilities: RtpCapabilities | null): MediaWanted =>
  rtpCapabilities ? { rtpCapabilities, kinds: ['audio'] } : undefined;

export class JoinedRoom implements RoomSession {
  readonly roomId: RoomId;
  readonly timings: Timings;
  readonly #membership: Membership;
  readonly #muting: Muting;
  readonly #microphone: Microphone;
  readonly #speaking: Speaking;
  readonly #media: RoomMedia;
  readonly #view: Observable<RoomView>;
  readonly #voices = new Observable<readonly Voice[]>([]);
  #capabilities: Data<'room:join'>['routerRtpCapabilities'] = {};
  #left: Promise<void> | null = null;

  constructor(
    roomId: RoomId,
    password: string | undefined,
    options: JoinOptions,
    ports: RoomPorts,
  ) {
    const { connection, timers, log } = ports;
    this.roomId = roomId;
    this.timings = new Timings(timers);
    this.#speaking = new Speaking(timers);
    this.#microphone = new Microphone(ports.microphones, log, timers);
    this.#muting = new Muting(options.initialMuted ?? true, {
      tell: (muted) => connection.request('mic:set', { roomId, muted }),
      online: () => connection.online,
    });
    this.#membership = new Membership({
      ...ports,
      roomId,
      password,
      media: () => {
        if (!this.#media.empty) return undefined;
        const { capabilities } = ports.device;
        if (!(capabilities instanceof Promise)) return sound(capabilities);
        const tooLong = pause(timers, PROBE_WITHIN_MS).then(() => undefined);
        return Promise.race([capabilities.then(sound), tooLong]);
      },
      unsettled: () => {
        this.#muting.lost();
      },
      joined: this.#joined,
      changed: this.#changed,
      speakers: (speakers) => {
        this.#speaking.hear(speakers);
      },
      statusChanged: this.#show,
      ended: this.#ended,
    });
    this.#media = new RoomMedia({
      ...ports,
      roomId,
      online: () => connection.online && this.#membership.status.phase === 'joined',
      lost: this.#membership.rejoin,
      changed: this.#mediaChanged,
      unsupported: () => {
        if (!this.ended) void this.#membership.leave('unsupported_browser');
      },
      timings: this.timings,
    });
    this.#view = new Observable(this.#look());
    this.#speaking.subscribe(this.#show);
    this.#microphone.state.subscribe(this.#show);
    this.#microphone.track.subscribe(this.#publish);
    this.#muting.muted.subscribe(this.#publish);
  }

  /** Apart from the constructor: `first` may have to be over before (leaving the same room). */
  async start(first: Promise<unknown> | null): Promise<void> {
    this.timings.note('joinStarted');
    // The request is on its way before anything else of this tick.
    if (first) await first;
    this.#membership.start();
    if (!this.ended) void this.#microphone.open();
  }

  readonly voices = this.#voices;

  get current(): RoomView {
    return this.#view.current;
  }

  subscribe(changed: () => void): () => void {
    return this.#view.subscribe(changed);
  }

  get ended(): boolean {
    return this.#membership.ended;
  }

  setMuted(muted: boolean): Promise<void> {
    if (this.ended) return Promise.reject(new RequestError('INVALID_STATE', 'not in the room'));
    return this.#muting.set(muted);
  }

  openMicrophone(deviceId?: string): Promise<void> {
    return this.#microphone.open(deviceId);
  }

  leave(): Promise<void> {
    if (this.ended && !this.#left) return Promise.resolve();
    this.#left ??= this.#membership.leave('left');
    return this.#left;
  }

  level(id: ParticipantId): number {
    try {
      const own = id === this.#membership.snapshot?.self;
      return own ? this.#media.ownLevel : this.#media.level(id);
    } catch {
      // Browsers throw here for receivers that were just closed.
      return 0;
    }
  }

  #joined = (snapshot: Snapshot, data: Data<'room:join'>): void => {
    this.timings.note('joinAcked');
    this.#capabilities = data.routerRtpCapabilities;
    this.#speaking.hear(data.snapshot.speakers);
    const self = selfOf(snapshot);
    if (self) this.#muting.joined(self);
    this.#media.bring(this.#seat(snapshot), wish(snapshot), data.media ?? null);
    this.#show();
  };

  #changed = (snapshot: Snapshot, former: Snapshot): void => {
    const self = selfOf(snapshot);
    const formerSelf = selfOf(former);
    if (self && self !== formerSelf) this.#muting.changed(self, formerSelf);
    if (self?.role !== formerSelf?.role || snapshot.room.mode !== former.room.mode) {
      this.#media.retryPublishing();
    }
    if (snapshot.tracks !== former.tracks || snapshot.voice !== former.voice) {
      this.#media.want(wish(snapshot));
      this.#media.published(ownTracks(snapshot), ownTracks(former));
    }
    if (snapshot.epoch !== former.epoch) this.#media.reset(this.#seat(snapshot));
    this.#show();
  };

  #ended = (): void => {
    this.#speaking.close();
    this.#media.close();
    this.#microphone.close();
    this.#muting.close(new RequestError('INVALID_STATE', 'the room is over'));
    this.#voices.set([]);
    this.#show();
  };

  #seat({ self, epoch }: Snapshot): Seat {
    return { participantId: self, epoch, routerRtpCapabilities: this.#capabilities };
  }

  #publish = (): void => {
    this.#media.publish({
      microphone: this.#microphone.track.current,
      muted: this.#muting.muted.current,
      camera: null,
    });
    this.#show();
  };

  #mediaChanged = (): void => {
    const { voices } = this.#media;
    if (!sameItems(voices, this.#voices.current)) this.#voices.set(voices);
    this.#show();
  };

  #show = (): void => {
    this.#view.set(this.#look());
  };

  #look(): RoomView {
    const { status, snapshot } = this.#membership;
    return {
      roomId: this.roomId,
      status,
      snapshot,
      self: selfOf(snapshot),
      microphone: this.#microphone.state.current,
      muted: this.#muting.muted.current,
      media: this.#media.path,
      hearing: this.#media.hearing,
      speaking: this.#speaking.current,
    };
  }
}
