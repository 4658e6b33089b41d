/**
 * Where the participants of a room receive. All of a room that is heard directly is on one router;
 * with slots, listeners spread over routers on other workers as domain/placement.ts decides.
 */
import type { MediaResetReason } from '@veche/protocol';
import type { MediaPeerPort } from '../app/ports.ts';
import { isFull, placeListener } from '../domain/placement.ts';
import type { PlacementLimits } from '../domain/placement.ts';
import { ListenerRouter } from './listenerRouter.ts';
import type { ListenerSeat } from './listenerRouter.ts';
import type { MediaWorker } from './mediaWorker.ts';
import type { RoomVoice } from './roomVoice.ts';

export interface ListenerRoutersParts {
  readonly home: ListenerRouter;
  readonly voice: RoomVoice;
  /** All that are up. */
  readonly workers: () => readonly MediaWorker[];
  readonly limits: PlacementLimits;
  /** One is gone, with the transports of these; the rest of the room is not. */
  readonly lost: (reason: MediaResetReason, peers: ReadonlySet<MediaPeerPort>) => void;
}

export class ListenerRouters {
  readonly #parts: ListenerRoutersParts;
  /** Those on other workers. */
  readonly #away = new Set<ListenerRouter>();
  #opening: Promise<void> | null = null;
  #closed = false;

  constructor(parts: ListenerRoutersParts) {
    this.#parts = parts;
  }

  /** Somebody receives on another router than that where all send. */
  get isSpread(): boolean {
    return [...this.#away].some(({ listeners }) => listeners > 0);
  }

  /** Whether nobody new should be let in. */
  get isFull(): boolean {
    const { home, voice, workers, limits } = this.#parts;
    return isFull(voice.hasSlots ? workers() : [home.worker], limits);
  }

  /** A place for somebody who is in the room; where all is full, the least loaded takes them too. */
  async place(peer: MediaPeerPort): Promise<ListenerSeat> {
    const { home, voice, limits } = this.#parts;
    for (;;) {
      if (!voice.hasSlots) return home.enter(peer);
      const place = placeListener([home, ...this.#away], this.#others(), limits);
      if ('router' in place) return place.router.enter(peer);
      const known = this.#away.size;
      this.#opening ??= this.#open(place.worker).finally(() => {
        this.#opening = null;
      });
      await this.#opening;
      if (this.#away.size <= known) return home.enter(peer);
    }
  }

  /**
   * There are slots again: also where somebody receives who came while those before were still being
   * closed, and was placed as long as there were some.
   */
  async openSlots(): Promise<void> {
    const { voice } = this.#parts;
    await Promise.all(
      [...this.#away].map(async (router) => {
        const isOpen = await voice.openOn(router.router).catch(() => false);
        if (!isOpen) this.#giveUp(router);
      }),
    );
  }

  /** Closes those on which nobody receives. */
  closeIdle(): void {
    for (const router of this.#away) if (router.listeners === 0) this.#close(router);
  }

  close(): void {
    this.#closed = true;
    for (const router of this.#away) this.#close(router);
  }

  #others(): MediaWorker[] {
    const { home, workers } = this.#parts;
    const used = new Set([home, ...this.#away].map(({ worker }) => worker));
    return workers().filter((worker) => !used.has(worker));
  }

  /** Opens one, with the slots; where that fails there is none more than before. */
  async #open(worker: MediaWorker): Promise<void> {
    const { voice } = this.#parts;
    try {
      const router = await worker.createRouter();
      const isOpen = await voice.openOn(router).catch(() => false);
      if (!isOpen || this.#closed || router.closed) {
        router.close();
        return;
      }
      const opened: ListenerRouter = new ListenerRouter(worker, router, {
        emptied: () => {
          this.#close(opened);
        },
        failed: () => {
          this.#giveUp(opened);
        },
      });
      this.#away.add(opened);
      router.once('workerclose', () => {
        this.#away.delete(opened);
        this.#parts.lost(worker.hung ? 'worker_hung' : 'worker_died', opened.peers);
      });
    } catch {
      // Its worker died or hangs; the pool says so.
    }
  }

  #giveUp(router: ListenerRouter): void {
    if (!this.#away.has(router)) return;
    this.#close(router);
    this.#parts.lost('router_closed', router.peers);
  }

  #close(router: ListenerRouter): void {
    this.#away.delete(router);
    router.close();
  }
}
