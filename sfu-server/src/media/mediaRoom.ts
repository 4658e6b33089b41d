/** The media side of a room: a router on one worker, and the observer of who is loud. */
import { ProducerId } from '@veche/protocol';
import type { RtpCapabilities } from '@veche/protocol';
import type { AudioLevelObserver, Router } from 'mediasoup/types';
import type { MediaPeerEvents, MediaRoomEvents, MediaRoomPort } from '../app/ports.ts';
import type { FloorOptions } from '../domain/voiceFloor.ts';
import { fromWorker } from './guard.ts';
import { rtpCapabilitiesOnTheWire } from './onTheWire.ts';
import { MediaPeer } from './mediaPeer.ts';
import type { TransportOptions } from './mediaPeer.ts';
import type { MediaWorker } from './mediaWorker.ts';
import { OwnVoice } from './ownVoice.ts';
import { RoomVoice } from './roomVoice.ts';

export interface MediaRoomOptions {
  readonly transports: TransportOptions;
  /** Slots, and who gets them. */
  readonly floor: FloorOptions;
  /** https://mediasoup.org/documentation/v3/mediasoup/api/#AudioLevelObserverOptions */
  readonly observer: {
    readonly intervalMs: number;
    readonly thresholdDbov: number;
    readonly maxEntries: number;
  };
}

export class MediaRoom implements MediaRoomPort {
  readonly rtpCapabilities: RtpCapabilities;
  readonly #worker: MediaWorker;
  readonly #router: Router;
  readonly #observer: AudioLevelObserver;
  readonly #transports: TransportOptions;
  readonly #voice: RoomVoice;

  private constructor(
    worker: MediaWorker,
    router: Router,
    observer: AudioLevelObserver,
    { transports, floor }: MediaRoomOptions,
  ) {
    this.#worker = worker;
    this.#router = router;
    this.#observer = observer;
    this.#transports = transports;
    this.#voice = new RoomVoice(router, floor);
    this.rtpCapabilities = rtpCapabilitiesOnTheWire(router.rtpCapabilities);
  }

  static async create(worker: MediaWorker, options: MediaRoomOptions): Promise<MediaRoom> {
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
      return new MediaRoom(worker, router, levels, options);
    } catch (error) {
      router.close();
      throw error;
    }
  }

  listen(events: MediaRoomEvents): void {
    this.#router.once('workerclose', () => {
      events.lost(this.#worker.hung ? 'worker_hung' : 'worker_died');
    });
    this.#observer.on('volumes', (volumes) => {
      // Whoever has a slot is seen by the listeners themselves.
      const others = volumes.filter(({ producer }) => !this.#voice.isInSlot(producer));
      events.levels(
        others.map(({ producer, volume }) => ({
          producerId: ProducerId.parse(producer.id),
          level: volume,
        })),
      );
    });
  }

  openSlots(): Promise<ProducerId[]> {
    return this.#voice.open();
  }

  closeSlots(): void {
    this.#voice.close();
  }

  createPeer(number: number, events: MediaPeerEvents): MediaPeer {
    return new MediaPeer({
      router: this.#router,
      webRtcServer: this.#worker.webRtcServer,
      observer: this.#observer,
      transports: this.#transports,
      voice: this.#voice,
      ownVoice: new OwnVoice(number),
      events,
    });
  }

  close(): void {
    this.#router.close();
  }
}
