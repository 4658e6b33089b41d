/** The media side of a room: a router on one worker, and the observer of who is loud. */
import { ProducerId } from '@veche/protocol';
import type { RtpCapabilities } from '@veche/protocol';
import type { AudioLevelObserver, Router } from 'mediasoup/types';
import type { MediaPeerEvents, MediaRoomEvents, MediaRoomPort } from '../app/ports.ts';
import { fromWorker } from './guard.ts';
import { rtpCapabilitiesOnTheWire } from './onTheWire.ts';
import { MediaPeer } from './mediaPeer.ts';
import type { TransportOptions } from './mediaPeer.ts';
import type { MediaWorker } from './mediaWorker.ts';

export interface MediaRoomOptions {
  readonly transports: TransportOptions;
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

  private constructor(
    worker: MediaWorker,
    router: Router,
    observer: AudioLevelObserver,
    transports: TransportOptions,
  ) {
    this.#worker = worker;
    this.#router = router;
    this.#observer = observer;
    this.#transports = transports;
    this.rtpCapabilities = rtpCapabilitiesOnTheWire(router.rtpCapabilities);
  }

  static async create(
    worker: MediaWorker,
    { transports, observer }: MediaRoomOptions,
  ): Promise<MediaRoom> {
    const router = await worker.createRouter();
    try {
      const levels = await fromWorker(
        router.createAudioLevelObserver({
          interval: observer.intervalMs,
          threshold: observer.thresholdDbov,
          maxEntries: observer.maxEntries,
        }),
      );
      return new MediaRoom(worker, router, levels, transports);
    } catch (error) {
      router.close();
      throw error;
    }
  }

  listen(events: MediaRoomEvents): void {
    this.#router.once('workerclose', () => {
      events.lost('worker_died');
    });
    this.#observer.on('volumes', (volumes) => {
      events.levels(
        volumes.map(({ producer, volume }) => ({
          producerId: ProducerId.parse(producer.id),
          level: volume,
        })),
      );
    });
  }

  createPeer(events: MediaPeerEvents): MediaPeer {
    return new MediaPeer({
      router: this.#router,
      webRtcServer: this.#worker.webRtcServer,
      observer: this.#observer,
      transports: this.#transports,
      events,
    });
  }

  close(): void {
    this.#router.close();
  }
}
