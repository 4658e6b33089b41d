/** One worker per core: places rooms on the least loaded and replaces a worker that dies. */
import * as mediasoup from 'mediasoup';
import type { Logger } from 'pino';
import { leastLoaded } from '../domain/placement.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Media } from '../app/ports.ts';
import { MediaCounter } from './counts.ts';
import type { MediaCounts } from './counts.ts';
import { MediaRoom } from './mediaRoom.ts';
import type { MediaRoomOptions } from './mediaRoom.ts';
import { MediaWorker } from './mediaWorker.ts';
import { listenInfos } from './listenInfos.ts';
import type { ListenAddress } from './listenInfos.ts';

export interface WorkerPoolOptions extends MediaRoomOptions {
  readonly workers: number;
  /** Worker i listens on `port + i`; 0 lets the system choose. */
  readonly port: number;
  readonly addresses: readonly ListenAddress[];
  readonly log: Logger;
}

/** How often load is measured. */
const SAMPLE_MS = 2000;
/** Waits before the first, second … attempt to replace a worker. */
const REPLACE_AFTER_MS = [0, 200, 500, 1000, 2000, 5000];

export class WorkerPool implements Media {
  readonly #options: WorkerPoolOptions;
  readonly #workers: (MediaWorker | null)[];
  readonly #sampling: NodeJS.Timeout;
  readonly #counter = new MediaCounter();
  #closed = false;

  private constructor(options: WorkerPoolOptions, workers: MediaWorker[]) {
    this.#options = options;
    this.#workers = workers;
    workers.forEach((worker, index) => {
      this.#watch(worker, index);
    });
    this.#sampling = setInterval(() => void this.#sample(), SAMPLE_MS);
    this.#sampling.unref();
  }

  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const { log } = options;
    mediasoup.setLogEventListeners({
      onwarn: (source, text) => {
        log.warn({ source }, text);
      },
      onerror: (source, text, error) => {
        log.error({ source, err: error }, text);
      },
    });
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

  get counts(): Readonly<MediaCounts> {
    return this.#counter.counts;
  }

  /** @throws Refusal UNAVAILABLE where no worker is alive */
  async createRoom(): Promise<MediaRoom> {
    const worker = leastLoaded(this.workers);
    if (!worker) throw new Refusal('UNAVAILABLE', 'no media worker is up');
    return MediaRoom.create(worker, this.#options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sampling);
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  #watch(worker: MediaWorker, index: number): void {
    this.#counter.watch(worker.worker);
    worker.worker.on('died', (error) => {
      this.#options.log.error({ pid: worker.pid, err: error }, 'Media worker died');
      this.#workers[index] = null;
      void this.#replace(index, 0);
    });
  }

  async #replace(index: number, attempt: number): Promise<void> {
    const wait = REPLACE_AFTER_MS[Math.min(attempt, REPLACE_AFTER_MS.length - 1)];
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
    } catch (error) {
      this.#options.log.error({ err: error, attempt }, 'Media worker cannot be replaced yet');
      void this.#replace(index, attempt + 1);
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  async #sample(): Promise<void> {
    const samples = await Promise.allSettled(this.workers.map((worker) => worker.sample()));
    for (const sample of samples) {
      if (sample.status === 'rejected') {
        this.#options.log.warn({ err: sample.reason }, 'Media worker does not report its load');
      }
    }
  }
}

const startWorker = (options: WorkerPoolOptions, index: number): Promise<MediaWorker> =>
  MediaWorker.create({
    listenInfos: listenInfos(options.addresses, options.port === 0 ? 0 : options.port + index),
    log: options.log,
  });
