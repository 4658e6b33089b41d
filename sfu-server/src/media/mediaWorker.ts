/** One mediasoup worker with its WebRtcServer: every transport of it shares one UDP and TCP port. */
import * as mediasoup from 'mediasoup';
import type { Router, TransportListenInfo, WebRtcServer, Worker } from 'mediasoup/types';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { cpuShare } from '../domain/cpuShare.ts';
import type { CpuReading } from '../domain/cpuShare.ts';
import type { WorkerLoad } from '../domain/placement.ts';
import { mediaCodecs } from './codecs.ts';
import { fromWorker } from './guard.ts';
import { RecentRequests } from './recentRequests.ts';

/** Runs the worker in a session of its own, so that Ctrl-C does not reach it. */
const WORKER_SESSION = fileURLToPath(new URL('./worker-session.sh', import.meta.url));

/** A worker that has not ended by then is killed. */
const CLOSE_WITHIN_MS = 2000;

/** Two people who speak, to one more listener: 100 packets a second of some 10 µs each. */
const EXPECTED_CPU_PER_LISTENER = 0.001;

export interface MediaWorkerOptions {
  /** UDP and TCP, of each address. */
  readonly listenInfos: TransportListenInfo[];
  readonly log: Logger;
}

export class MediaWorker implements WorkerLoad {
  readonly worker: Worker;
  readonly webRtcServer: WebRtcServer;
  /** Should it die, one of these may be why. */
  readonly recent = new RecentRequests();
  /** It was killed because it did not answer any more. */
  hung = false;
  /** Samples in a row that it did not answer. */
  missed = 0;
  #last: CpuReading;
  /** Share of one core in the last sample, 0 … 1. */
  #measured = 0;
  /** Listeners that came since. */
  #expected = 0;
  readonly #routers = new Set<Router>();
  #routersComing = 0;

  private constructor(worker: Worker, webRtcServer: WebRtcServer, first: CpuReading) {
    this.worker = worker;
    this.webRtcServer = webRtcServer;
    this.#last = first;
  }

  static async create({ listenInfos, log }: MediaWorkerOptions): Promise<MediaWorker> {
    const worker = await fromWorker(
      withoutSignalHandlers(() =>
        mediasoup.createWorker({
          workerBin: WORKER_SESSION,
          logLevel: 'warn',
          // None of the others: they write a line for each bad packet, a stranger's too.
          logTags: ['info'],
        }),
      ),
      (late) => {
        late.close();
      },
    );
    worker.on('listenererror', (event, error) => {
      log.error({ pid: worker.pid, event, err: error }, 'A listener of the media worker failed');
    });
    try {
      // What its start took is no load.
      const started = await fromWorker(readCpu(worker));
      const webRtcServer = await fromWorker(worker.createWebRtcServer({ listenInfos }));
      return new MediaWorker(worker, webRtcServer, started);
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  get cpu(): number {
    return this.#measured + this.#expected * EXPECTED_CPU_PER_LISTENER;
  }

  get pid(): number {
    return this.worker.pid;
  }

  get alive(): boolean {
    return !this.worker.closed;
  }

  /** Those that live here and those being made, so that a burst of new rooms spreads. */
  get routers(): number {
    return this.#routers.size + this.#routersComing;
  }

  async createRouter(): Promise<Router> {
    this.#routersComing++;
    try {
      const router = await fromWorker(this.worker.createRouter({ mediaCodecs }), (late) => {
        late.close();
      });
      this.#routers.add(router);
      router.observer.once('close', () => this.#routers.delete(router));
      return router;
    } finally {
      this.#routersComing--;
    }
  }

  /**
   * Measures the share of a core used since the last call.
   * @throws Refusal UNAVAILABLE where it does not answer in time
   */
  async sample(withinMs: number): Promise<void> {
    this.missed++;
    const reading = await fromWorker(readCpu(this.worker), undefined, withinMs);
    this.missed = 0;
    const share = cpuShare(this.#last, reading);
    if (share === null) return;
    this.#measured = share;
    this.#last = reading;
    this.#expected = 0;
  }

  /** Somebody is about to receive here; counted until the next sample measures it. */
  expectListener(): void {
    this.#expected++;
  }

  /** It does not answer any more: what follows is as if it had died by itself. */
  kill(): void {
    this.hung = true;
    killIfThere(this.pid);
  }

  /** Resolves when the process is gone. */
  async close(): Promise<void> {
    if (this.worker.subprocessClosed) return;
    const gone = new Promise<void>((resolve) => {
      this.worker.once('subprocessclose', resolve);
    });
    this.worker.close();
    const kill = setTimeout(() => {
      killIfThere(this.pid);
    }, CLOSE_WITHIN_MS);
    await gone;
    clearTimeout(kill);
  }
}

const readCpu = async (worker: Worker): Promise<CpuReading> => {
  const { ru_utime, ru_stime } = await worker.getResourceUsage();
  return { cpuMs: ru_utime + ru_stime, at: performance.now() };
};

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Calls `create` and takes back the signal handlers that it added: mediasoup closes its workers on
 * SIGINT and SIGTERM, but only `main` decides when media ends.
 */
const withoutSignalHandlers = <T>(create: () => T): T => {
  const before = SIGNALS.map((signal) => new Set<unknown>(process.listeners(signal)));
  const created = create();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.has(listener) === false) process.removeListener(signal, listener);
    }
  });
  return created;
};
