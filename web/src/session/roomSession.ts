/** One membership of one room, from join to end, across reconnects: puts the parts together. */
import type {
  ConsumerId,
  Data,
  HeldReason,
  Notice,
  ParticipantId,
  RoomId,
  RtpCapabilities,
  Snapshot,
} from '@veche/protocol';
import type { Deed, Moderation, Picture, RoomEnd, RoomSession, RoomView, Voice } from './api.ts';
import type { Connection } from './connection.ts';
import type { RouterDevice } from './device.ts';
import { deedOf } from './deeds.ts';
import { RequestError } from './errors.ts';
import { Holding } from './holding.ts';
import { RoomMedia } from './media.ts';
import type { MediaWanted } from './joining.ts';
import { Membership } from './membership.ts';
import { moderation } from './moderating.ts';
import { Muting } from './muting.ts';
import { Observable, sameItems } from './observable.ts';
import { pictures } from './pictures.ts';
import type { Place } from './place.ts';
import { pause, type Log, type Timers } from './ports.ts';
import { ownTracks, selfOf } from './roomState.ts';
import type { Seat } from './seatMedia.ts';
import { SlotOwners, slotsOf } from './slotOwners.ts';
import { allSpeakers, audible, ownersOf } from './slotSpeakers.ts';
import { Speaking } from './speaking.ts';
import { wish } from './subscriptions.ts';
import { Timings } from './timings.ts';
import type { SendRequest } from './wire.ts';

export interface RoomPorts {
  readonly connection: Connection;
  readonly device: RouterDevice;
  readonly timers: Timers;
  readonly log: Log;
}

/** A join waits this long for the browser to find out what it can do. */
const PROBE_WITHIN_MS = 500;

export class JoinedRoom implements RoomSession {
  readonly roomId: RoomId;
  readonly timings: Timings;
  readonly moderation: Moderation;
  readonly #request: SendRequest;
  readonly #deedListeners = new Set<(deed: Deed) => void>();
  readonly #membership: Membership;
  readonly #muting: Muting;
  readonly #holding: Holding;
  readonly #place: Place;
  readonly #speaking: Speaking;
  readonly #slots: SlotOwners;
  readonly #media: RoomMedia;
  readonly #view: Observable<RoomView>;
  readonly #voices = new Observable<readonly Voice[]>([]);
  readonly #pictures = new Observable<readonly Picture[]>([]);
  readonly #slotOwners = new Observable<ReadonlyMap<string, ParticipantId>>(new Map());
  /** What the server withholds from us, and why. */
  #held: ReadonlyMap<ConsumerId, HeldReason> = new Map();
  #capabilities: Data<'room:join'>['routerRtpCapabilities'] = {};
  #entered = false;
  #left: Promise<void> | null = null;

  constructor(place: Place, ports: RoomPorts) {
    const { connection, timers, log } = ports;
    const { roomId, entry, microphone, camera } = place;
    this.roomId = roomId;
    this.#request = connection.request;
    this.moderation = moderation(roomId, connection.request);
    this.#place = place;
    this.timings = new Timings(timers);
    this.#speaking = new Speaking(timers);
    this.#slots = new SlotOwners(timers);
    this.#muting = new Muting(place.initialMuted, {
      tell: (muted) => connection.request('mic:set', { roomId, muted }),
      online: () => connection.online,
    });
    this.#holding = new Holding({
      tell: (held) => connection.request('room:hold', { roomId, held }),
      log,
    });
    this.#membership = new Membership({
      ...ports,
      roomId,
      entry,
      media: () => {
        if (!this.#media.empty || (place.resume && !this.#membership.snapshot)) return undefined;
        const { capabilities } = ports.device;
        if (!(capabilities instanceof Promise)) return this.#wanted(capabilities);
        const tooLong = pause(timers, PROBE_WITHIN_MS).then(() => undefined);
        return Promise.race([capabilities.then(this.#wanted), tooLong]);
      },
      unsettled: () => {
        this.#muting.lost();
        this.#holding.lost();
      },
      joined: this.#joined,
      changed: this.#changed,
      happened: (notice, before) => {
        const deed = deedOf(notice, before);
        if (deed) for (const told of [...this.#deedListeners]) told(deed);
      },
      speakers: (speakers) => {
        this.#speaking.hear(speakers);
      },
      held: this.#heldChanged,
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
    this.#slots.voices.subscribe(this.#slotsChanged);
    microphone.state.subscribe(this.#show);
    microphone.track.subscribe(this.#publish);
    camera?.track.subscribe(this.#publish);
    this.#muting.muted.subscribe(this.#publish);
    this.#publish();
  }

  /** Apart from the constructor: `first` may have to be over before (leaving the same room). */
  async start(first: Promise<unknown> | null): Promise<void> {
    this.timings.note('joinStarted');
    // The request is on its way before anything else of this tick.
    if (first) await first;
    this.#membership.start();
    if (!this.ended && !this.#holding.held) this.#place.microphone.begin();
  }

  readonly voices = this.#voices;
  readonly slotOwners = this.#slotOwners;
  /** The pictures of the others; none where the place is without. */
  readonly pictures = this.#pictures;

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
    return this.#place.microphone.open(deviceId);
  }

  /**
   * On hold nothing is heard or sent, and the microphone is free: some phones end a track when
   * another one is opened, and it is not to listen for nothing.
   */
  hold(held: boolean): void {
    if (this.ended || held === this.#holding.held) return;
    this.#holding.set(held);
    if (held) this.#place.microphone.release();
    else void this.#place.microphone.open();
    this.#publish();
    this.#mediaChanged();
  }

  /** What both transports count. */
  statistics(): Promise<readonly RTCStatsReport[]> {
    return this.#media.statistics();
  }

  /** Over without a word to the server, which knows it. */
  close(reason: RoomEnd): void {
    this.#membership.end(reason);
  }

  leave(): Promise<void> {
    if (this.ended && !this.#left) return Promise.resolve();
    this.#left ??= this.#membership.leave('left');
    return this.#left;
  }

  level(id: ParticipantId): number {
    try {
      const own = id === this.#membership.snapshot?.self;
      if (own) return this.#media.ownLevel;
      return Math.max(this.#media.level(id), this.#slotLevel(id));
    } catch {
      // Browsers throw here for receivers that were just closed.
      return 0;
    }
  }

  async setHand(raised: boolean): Promise<void> {
    await this.#request('hand:set', { roomId: this.roomId, raised });
  }

  async say(text: string): Promise<void> {
    await this.#request('chat:send', { roomId: this.roomId, text });
  }

  onDeed(told: (deed: Deed) => void): () => void {
    this.#deedListeners.add(told);
    return () => {
      this.#deedListeners.delete(told);
    };
  }

  #wanted = (rtpCapabilities: RtpCapabilities | null): MediaWanted =>
    rtpCapabilities
      ? { rtpCapabilities, kinds: this.#place.pictures ? ['audio', 'video'] : ['audio'] }
      : undefined;

  #slotLevel(id: ParticipantId): number {
    if (this.#slotOwners.current.size === 0) return 0;
    const { participants } = this.#membership.snapshot ?? { participants: [] };
    const number = participants.find((one) => one.id === id)?.number;
    return number === undefined ? 0 : this.#slots.level(number);
  }

  #slotsChanged = (): void => {
    const { participants } = this.#membership.snapshot ?? { participants: [] };
    this.#slotOwners.set(ownersOf(this.#slots.voices.current, participants));
    this.#show();
  };

  #joined = (snapshot: Snapshot, data: Data<'room:join'>): void => {
    this.timings.note('joinAcked');
    this.#capabilities = data.routerRtpCapabilities;
    this.#held = new Map(data.heldConsumers?.map(({ consumerId, reason }) => [consumerId, reason]));
    this.#speaking.hear(data.snapshot.speakers);
    const { resume, pictures: seen } = this.#place;
    const isNew = !this.#entered;
    if (isNew) resume?.(snapshot);
    this.#entered = true;
    const self = selfOf(snapshot);
    if (self) {
      this.#muting.joined(self, isNew && snapshot.room.posture?.joinMuted);
      this.#holding.joined(self);
    }
    this.#media.bring(this.#seat(snapshot), wish(snapshot, seen), data.media ?? null);
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
      this.#media.want(wish(snapshot, this.#place.pictures));
      this.#media.published(ownTracks(snapshot), ownTracks(former));
      this.#mediaChanged();
    }
    if (snapshot.epoch !== former.epoch) this.#media.reset(this.#seat(snapshot));
    this.#show();
  };

  #ended = (): void => {
    this.#speaking.close();
    this.#slots.close();
    this.#media.close();
    this.#place.microphone.close();
    this.#place.camera?.close();
    this.#muting.close(new RequestError('INVALID_STATE', 'the room is over'));
    this.#voices.set([]);
    this.#pictures.set([]);
    this.#show();
  };

  #seat({ self, epoch }: Snapshot): Seat {
    return { participantId: self, epoch, routerRtpCapabilities: this.#capabilities };
  }

  #publish = (): void => {
    const { microphone, camera } = this.#place;
    this.#media.publish({
      microphone: this.#holding.held ? null : microphone.track.current,
      muted: this.#muting.muted.current,
      camera: this.#holding.held ? null : (camera?.track.current ?? null),
    });
    this.#show();
  };

  #heldChanged = ({ consumerId, held, reason }: Notice<'consumer:held'>): void => {
    const now = new Map(this.#held);
    if (held) now.set(consumerId, reason);
    else now.delete(consumerId);
    this.#held = now;
    this.#mediaChanged();
  };

  #mediaChanged = (): void => {
    const voices = this.#holding.held ? [] : this.#media.voices;
    if (!sameItems(voices, this.#voices.current)) this.#voices.set(voices);
    const { subscriptions } = this.#media;
    this.#slots.follow(this.#holding.held ? [] : slotsOf(subscriptions));
    const tracks = this.#membership.snapshot?.tracks ?? [];
    this.#pictures.set(pictures(subscriptions, tracks, this.#held, this.#pictures.current));
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
      microphone: this.#place.microphone.state.current,
      muted: this.#muting.muted.current,
      media: this.#media.path,
      hearing: snapshot?.voice.mode === 'slots' ? audible(snapshot) : this.#media.hearing,
      speaking: allSpeakers(
        this.#speaking.current,
        this.#slots.voices.current,
        this.#slotOwners.current,
      ),
    };
  }
}
