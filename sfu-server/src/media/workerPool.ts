/** One worker per core: places rooms on the least loaded and replaces a worker that dies. */
import type { MediaResetReason } from '@veche/protocol';
import * as mediasoup from 'mediasoup';
import type { Logger } from 'pino';
import { isWell, recent, replaceAfterMs } from '../domain/deaths.ts';
import { isFull, leastLoaded, placesLeft } from '../domain/placement.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Media } from '../app/ports.ts';
import { BitrateWatch } from './bitrateWatch.ts';
import type { BitrateLimits } from './bitrateWatch.ts';
import { MediaCounter } from './counts.ts';
import type { MediaCounts } from './counts.ts';
import { MediaRoom } from './mediaRoom.ts';
import type { MediaRoomOptions } from './mediaRoom.ts';
import { MediaWorker } from './mediaWorker.ts';
import { listenInfos } from './listenInfos.ts';
import type { ListenAddress } from './listenInfos.ts';
import { mediasoupLog } from './workerLog.ts';

export interface WorkerPoolOptions extends MediaRoomOptions {
  readonly workers: number;
  /** Worker i listens on `port + i`; 0 lets the system choose. */
  readonly port: number;
  readonly addresses: readonly ListenAddress[];
  /** How often each is asked for its load, and how long it has to answer, ms. */
  readonly sampleMs: number;
  /** What producers may send. */
  readonly bitrates: BitrateLimits;
  readonly log: Logger;
  readonly witness: WorkerWitness;
}

/** Is told what happens to workers, to be counted. */
export interface WorkerWitness {
  workerDied(reason: MediaResetReason): void;
  workerReplaced(): void;
}

/** A worker that does not answer so many samples in a row hangs, and is killed. */
const MISSES = 3;

export class WorkerPool implements Media {
  readonly #options: WorkerPoolOptions;
  readonly #workers: (MediaWorker | null)[];
  readonly #sampling: NodeJS.Timeout;
  readonly #counter = new MediaCounter();
  readonly #bitrates: BitrateWatch;
  /** When workers died or could not be started, monotonic ms. */
  #deaths: number[] = [];
  #closed = false;

  private constructor(options: WorkerPoolOptions, workers: MediaWorker[]) {
    this.#options = options;
    this.#workers = workers;
    this.#bitrates = new BitrateWatch(options.bitrates, options.log);
    workers.forEach((worker, index) => {
      this.#watch(worker, index);
    });
    this.#sampling = setInterval(() => void this.#sample(), options.sampleMs);
    this.#sampling.unref();
  }

  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const { log } = options;
    mediasoup.setLogEventListeners(mediasoupLog(log));
    const results = await Promise.allSettled(
      Array.from({ length: options.workers }, (_, index) => startWorker(options, index)),
    );
    const workers = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      await Promise.all(workers.map((worker) => worker.close()));
      throw failed.reason;
    }
    return new WorkerPool(options, workers);
  }

  get workers(): readonly MediaWorker[] {
    return this.#workers.flatMap((worker) => (worker?.alive === true ? [worker] : []));
  }

  /** Null where workers are up and do not die one after another. */
  get trouble(): string | null {
    if (!isWell(this.#deaths, performance.now())) return 'media workers die one after another';
    return this.workers.length > 0 ? null : 'no media worker is up';
  }

  get counts(): Readonly<MediaCounts> {
    return this.#counter.counts;
  }

  get isFull(): boolean {
    return isFull(this.workers, this.#options.placement);
  }

  /** The share of a core that each uses, by its place here. */
  get loads(): { readonly index: number; readonly cpu: number }[] {
    return this.#workers.flatMap((worker, index) =>
      worker?.alive === true ? [{ index, cpu: worker.cpu }] : [],
    );
  }

  /** About how many more listeners of large rooms fit. */
  get placesLeft(): number {
    return placesLeft(this.workers, this.#options.placement);
  }

  /** @throws Refusal UNAVAILABLE where no worker is alive */
  async createRoom(): Promise<MediaRoom> {
    const worker = leastLoaded(this.workers);
    if (!worker) throw new Refusal('UNAVAILABLE', 'no media worker is up');
    return MediaRoom.create(worker, this.#options, this.#bitrates, () => this.workers);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sampling);
    this.#bitrates.close();
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  #watch(worker: MediaWorker, index: number): void {
    this.#counter.watch(worker.worker);
    const died = (error: Error): void => {
      const reason = worker.hung ? 'worker_hung' : 'worker_died';
      const { pid, recent: requests } = worker;
      this.#options.log.error({ pid, reason, err: error }, 'Media worker died');
      // One of them may have killed it.
      this.#options.log.error({ pid, requests: requests.list }, 'Its last requests');
      this.#options.witness.workerDied(reason);
      this.#workers[index] = null;
      void this.#replace(index);
    };
    worker.worker.on('died', died);
    // It may have ended while the others were still starting.
    if (!worker.alive) died(new Error('it died before anyone looked'));
  }

  /** After a death, or a start that failed. */
  async #replace(index: number): Promise<void> {
    const now = performance.now();
    this.#deaths = [...recent(this.#deaths, now), now];
    if (!isWell(this.#deaths, now)) {
      this.#options.log.error({ deaths: this.#deaths.length }, 'Media workers die too often');
    }
    const wait = replaceAfterMs(this.#deaths, now);
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#isClosed()) return;
    try {
      const worker = await startWorker(this.#options, index);
      if (this.#isClosed()) {
        await worker.close();
        return;
      }
      this.#workers[index] = worker;
      this.#watch(worker, index);
      this.#options.log.warn({ pid: worker.pid }, 'Media worker replaced');
      this.#options.witness.workerReplaced();
    } catch (error) {
      this.#options.log.error({ err: error }, 'Media worker cannot be replaced yet');
      void this.#replace(index);
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  async #sample(): Promise<void> {
    const { sampleMs, log } = this.#options;
    await Promise.all(
      this.workers.map(async (worker) => {
        try {
          await worker.sample(sampleMs);
        } catch (error) {
          if (!worker.alive) return;
          const { pid, missed } = worker;
          log.warn({ pid, missed, err: error }, 'Media worker does not answer');
          if (missed >= MISSES) worker.kill();
        }
      }),
    );
  }
}

const startWorker = (options: WorkerPoolOptions, index: number): Promise<MediaWorker> =>
  MediaWorker.create({
    listenInfos: listenInfos(options.addresses, options.port === 0 ? 0 : options.port + index),
    log: options.log,
  });
