/**
 * The media side of a room: the router where all send, those where they receive, and the observer of
 * who is loud.
 */
import { ProducerId } from '@veche/protocol';
import type { RtpCapabilities } from '@veche/protocol';
import type { AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import type { MediaPeerEvents, MediaRoomEvents, MediaRoomPort } from '../app/ports.ts';
import type { PlacementLimits } from '../domain/placement.ts';
import type { FloorOptions } from '../domain/voiceFloor.ts';
import type { BitrateWatch } from './bitrateWatch.ts';
import { fromWorker } from './guard.ts';
import { ListenerRouter } from './listenerRouter.ts';
import { ListenerRouters } from './listenerRouters.ts';
import { rtpCapabilitiesOnTheWire } from './onTheWire.ts';
import { MediaPeer } from './mediaPeer.ts';
import type { TransportOptions } from './mediaPeer.ts';
import type { MediaWorker } from './mediaWorker.ts';
import { OwnVoice } from './ownVoice.ts';
import { PictureRates } from './pictureRate.ts';
import type { Time } from './pictureRate.ts';
import { RoomVoice } from './roomVoice.ts';

export interface MediaRoomOptions {
  readonly transports: TransportOptions;
  /** Slots, and who gets them. */
  readonly floor: FloorOptions;
  /** When listeners spread over more workers, and when nobody new is let in. */
  readonly placement: PlacementLimits;
  readonly time: Time;
  /** https://mediasoup.org/documentation/v3/mediasoup/api/#AudioLevelObserverOptions */
  readonly observer: {
    readonly intervalMs: number;
    readonly thresholdDbov: number;
    readonly maxEntries: number;
  };
}

export class MediaRoom implements MediaRoomPort {
  readonly rtpCapabilities: RtpCapabilities;
  readonly #home: ListenerRouter;
  readonly #listeners: ListenerRouters;
  readonly #observer: AudioLevelObserver;
  readonly #transports: TransportOptions;
  readonly #bitrates: BitrateWatch;
  readonly #voice: RoomVoice;
  readonly #pictures: PictureRates;
  #events: MediaRoomEvents | null = null;
  /** Who spoke in the last interval and was in no slot. */
  #unheard = new Set<Producer>();

  private constructor(
    worker: MediaWorker,
    router: Router,
    observer: AudioLevelObserver,
    { transports, floor, placement, time }: MediaRoomOptions,
    bitrates: BitrateWatch,
    workers: () => readonly MediaWorker[],
  ) {
    this.#home = new ListenerRouter(worker, router, null);
    this.#observer = observer;
    this.#transports = transports;
    this.#bitrates = bitrates;
    this.#pictures = new PictureRates(time);
    this.#voice = new RoomVoice(router, floor);
    this.#listeners = new ListenerRouters({
      home: this.#home,
      voice: this.#voice,
      workers,
      limits: placement,
      lost: (reason, peers) => {
        this.#events?.partLost(reason, peers);
      },
    });
    this.rtpCapabilities = rtpCapabilitiesOnTheWire(router.rtpCapabilities);
  }

  /** @param workers all that are up, for listeners beyond what one can serve */
  static async create(
    worker: MediaWorker,
    options: MediaRoomOptions,
    bitrates: BitrateWatch,
    workers: () => readonly MediaWorker[],
  ): Promise<MediaRoom> {
    const { observer } = options;
    const router = await worker.createRouter();
    try {
      const levels = await fromWorker(
        router.createAudioLevelObserver({
          interval: observer.intervalMs,
          threshold: observer.thresholdDbov,
          maxEntries: observer.maxEntries,
        }),
      );
      return new MediaRoom(worker, router, levels, options, bitrates, workers);
    } catch (error) {
      router.close();
      throw error;
    }
  }

  listen(events: MediaRoomEvents): void {
    this.#events = events;
    this.#home.router.once('workerclose', () => {
      this.#listeners.close();
      events.lost(this.#home.worker.hung ? 'worker_hung' : 'worker_died');
    });
    this.#observer.on('silence', () => {
      this.#unheard.clear();
    });
    this.#observer.on('volumes', (volumes) => {
      // Whoever has a slot is seen by the listeners themselves; so is, in a moment, who waits for one.
      const others = volumes.filter(({ producer }) => !this.#voice.isInSlot(producer));
      const waiting = this.#voice.hasSlots
        ? others.filter(({ producer }) => this.#unheard.has(producer))
        : others;
      this.#unheard = new Set(others.map(({ producer }) => producer));
      events.levels(
        waiting.map(({ producer, volume }) => ({
          producerId: ProducerId.parse(producer.id),
          level: volume,
        })),
      );
    });
  }

  async openSlots(): Promise<ProducerId[]> {
    const names = await this.#voice.open();
    await this.#listeners.openSlots();
    return names;
  }

  closeSlots(): void {
    this.#listeners.closeIdle();
    this.#voice.close();
  }

  get isSpread(): boolean {
    return this.#listeners.isSpread;
  }

  get isFull(): boolean {
    return this.#listeners.isFull;
  }

  createPeer(number: number, events: MediaPeerEvents): MediaPeer {
    return new MediaPeer({
      home: this.#home,
      listeners: this.#listeners,
      observer: this.#observer,
      transports: this.#transports,
      voice: this.#voice,
      ownVoice: new OwnVoice(number),
      pictures: this.#pictures,
      bitrates: this.#bitrates,
      events,
    });
  }

  close(): void {
    this.#listeners.close();
    this.#home.close();
  }
}
