/** A router of a room on which participants receive: the one where all send, or one on another worker. */
import type { Router, WebRtcServer } from 'mediasoup/types';
import type { MediaPeerPort } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ListenerLoad } from '../domain/placement.ts';
import { fromWorker } from './guard.ts';
import type { MediaWorker } from './mediaWorker.ts';

/** A place on a router, taken before the transport is made. */
export interface ListenerSeat {
  readonly at: ListenerRouter;
  readonly leave: () => void;
}

export interface ListenerRouterEvents {
  /** Nobody receives here any more. */
  emptied(): void;
  /** Nothing can be brought here. */
  failed(): void;
}

/** Routers of one room are on this machine; the ports of media to browsers are others. */
const PIPE_LISTEN_INFO = {
  protocol: 'udp',
  ip: '127.0.0.1',
  portRange: { min: 20_000, max: 29_999 },
} as const;

export class ListenerRouter implements ListenerLoad {
  readonly worker: MediaWorker;
  readonly router: Router;
  readonly #seats = new Map<symbol, MediaPeerPort>();
  /** Tracks of the router where all send that were brought here, by producer id. */
  readonly #brought = new Map<string, Promise<void>>();
  /** Null for the router where all send: it stays, and nothing has to be brought there. */
  readonly #events: ListenerRouterEvents | null;

  constructor(worker: MediaWorker, router: Router, events: ListenerRouterEvents | null) {
    this.worker = worker;
    this.router = router;
    this.#events = events;
  }

  get webRtcServer(): WebRtcServer {
    return this.worker.webRtcServer;
  }

  get cpu(): number {
    return this.worker.cpu;
  }

  get listeners(): number {
    return this.#seats.size;
  }

  /** Those who receive here. */
  get peers(): ReadonlySet<MediaPeerPort> {
    return new Set(this.#seats.values());
  }

  enter(peer: MediaPeerPort): ListenerSeat {
    const seat = Symbol('seat');
    this.#seats.set(seat, peer);
    this.worker.expectListener();
    const leave = (): void => {
      // Transports close before it is told that their router is gone, and then it must know whose.
      if (this.router.closed || !this.#seats.delete(seat)) return;
      if (this.#seats.size === 0) this.#events?.emptied();
    };
    return { at: this, leave };
  }

  /**
   * Lets a track that is sent on `home` be received here, under the same id, while it is there.
   * https://mediasoup.org/documentation/v3/mediasoup/api/#router-pipeToRouter
   * @throws Refusal UNAVAILABLE, MEDIA_RESET
   */
  async bring(producerId: string, home: Router): Promise<void> {
    if (home === this.router) return;
    let coming = this.#brought.get(producerId);
    if (!coming) {
      coming = this.#pipe(producerId, home);
      this.#brought.set(producerId, coming);
      coming.catch(() => this.#brought.delete(producerId));
    }
    await coming;
  }

  async #pipe(producerId: string, home: Router): Promise<void> {
    try {
      const { pipeProducer } = await fromWorker(
        home.pipeToRouter({
          producerId,
          router: this.router,
          listenInfo: PIPE_LISTEN_INFO,
          enableSctp: false,
        }),
      );
      pipeProducer?.observer.once('close', () => this.#brought.delete(producerId));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // mediasoup keeps a failed pair of pipes for good: nothing would ever come through again.
      this.#events?.failed();
      throw new Refusal('MEDIA_RESET', 'what you receive on is given up');
    }
  }

  close(): void {
    this.router.close();
  }
}
