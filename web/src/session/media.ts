/** A room's media over all seats and epochs: what is wanted stays, what carries it is replaced. */
import type { ParticipantId } from '@veche/protocol';
import type { MediaPath, Voice } from './api.ts';
import type { Subscription } from './consumers.ts';
import { sameItems } from './observable.ts';
import { NOTHING_SENT, type Outgoing } from './publishing.ts';
import {
  SeatMedia,
  type Intent,
  type Prepared,
  type Seat,
  type SeatMediaPorts,
} from './seatMedia.ts';
import { NOTHING, type Wish } from './subscriptions.ts';
import type { Timings } from './timings.ts';

/** So that a whole room does not build its media at the same moment. */
const RESET_JITTER_MS = 500;
/** Time for a reset to be told, before a track that vanished is taken for a fault of its own. */
const UNPUBLISHED_GRACE_MS = 1000;

export interface RoomMediaPorts extends SeatMediaPorts {
  readonly timings: Timings;
}

export class RoomMedia {
  readonly #ports: RoomMediaPorts;
  #media: SeatMedia | null = null;
  /** Of `#media`: as long as it stays the same, so does the media. */
  #key = '';
  #intent: Intent = { outgoing: NOTHING_SENT, wish: NOTHING };
  #wasUp = false;
  #hearing: ReadonlySet<ParticipantId> = new Set();
  #cancelReset: () => void = () => undefined;

  constructor(ports: RoomMediaPorts) {
    this.#ports = ports;
  }

  get path(): MediaPath {
    if (this.#wasUp && !this.#media?.listening) return 'interrupted';
    return this.#media?.state ?? 'idle';
  }

  get voices(): readonly Voice[] {
    return this.subscriptions.flatMap(({ voice }) => voice ?? []);
  }

  /** All that arrives here. */
  get subscriptions(): readonly Subscription[] {
    return this.#media?.consumers?.list ?? [];
  }

  /** Of both transports, as far as they are there. */
  statistics(): Promise<readonly RTCStatsReport[]> {
    return this.#media?.statistics() ?? Promise.resolve([]);
  }

  /** Whose microphone flows to here; the same set while nothing changes. */
  get hearing(): ReadonlySet<ParticipantId> {
    const heard = this.subscriptions.flatMap(({ wanted, state }) =>
      wanted.participantId && wanted.source === 'microphone' && state === 'flowing'
        ? [wanted.participantId]
        : [],
    );
    if (!sameItems([...this.#hearing], heard)) this.#hearing = new Set(heard);
    return this.#hearing;
  }

  get ownLevel(): number {
    return this.#media?.publishing?.level() ?? 0;
  }

  level(id: ParticipantId): number {
    const found = this.subscriptions.find(
      ({ wanted }) => wanted.participantId === id && wanted.source === 'microphone',
    );
    return found?.state === 'flowing' ? found.level.read() : 0;
  }

  publish(outgoing: Outgoing): void {
    this.#intent = { ...this.#intent, outgoing };
    this.#media?.publish(this.#intent);
  }

  want(wish: Wish): void {
    this.#intent = { ...this.#intent, wish };
    this.#media?.want(this.#intent);
  }

  /** What the own role allows may have changed. */
  retryPublishing(): void {
    this.#media?.publishing?.retry();
  }

  /** The own tracks as the room knows them, and as it did before. */
  published(now: readonly string[], before: readonly string[]): void {
    const media = this.#media;
    const vanished = media?.publishing?.producerIds.filter(
      (id) => before.includes(id) && !now.includes(id),
    );
    if (!media || !vanished || vanished.length === 0) return;
    this.#ports.timers.after(UNPUBLISHED_GRACE_MS, () => {
      const ids = media.publishing?.producerIds ?? [];
      if (vanished.some((id) => ids.includes(id))) media.unpublished();
    });
  }

  /** Nothing is there that a join could keep. */
  get empty(): boolean {
    return this.#media === null;
  }

  /** After a join: keeps what there is if it belongs to this seat, else builds it anew. */
  bring(seat: Seat, wish: Wish, prepared: Prepared | null = null): void {
    this.#cancelReset();
    this.#intent = { ...this.#intent, wish };
    const bootId = this.#ports.connection.welcome.current?.bootId;
    const key = JSON.stringify([bootId, seat.participantId, seat.epoch]);
    if (this.#media && key === this.#key && !prepared) {
      this.#media.want(this.#intent);
      this.#media.rejoined();
      return;
    }
    this.close();
    this.#key = key;
    this.#media = new SeatMedia(seat, this.#intent, { ...this.#ports, changed: this.#changed });
    this.#media.open(prepared);
  }

  /** The server lost it, for everyone in the room at once. */
  reset(seat: Seat): void {
    const { timers } = this.#ports;
    this.close();
    this.#cancelReset = timers.after(timers.random() * RESET_JITTER_MS, () => {
      this.bring(seat, this.#intent.wish);
    });
  }

  close(): void {
    this.#cancelReset();
    const media = this.#media;
    this.#media = null;
    media?.close();
  }

  #changed = (): void => {
    const { timings, changed } = this.#ports;
    if (this.#media?.ready) {
      this.#wasUp = true;
      timings.note('transportsReady');
    }
    if (this.subscriptions.some(({ state }) => state === 'flowing')) {
      timings.note('firstConsumerResumed');
      timings.watch(() => this.subscriptions.map(({ consumer }) => consumer.rtpReceiver));
    }
    changed();
  };
}
