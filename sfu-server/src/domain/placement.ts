/** Which worker gets the next router. */
export interface WorkerLoad {
  /** Share of one core in the last sample, 0 … 1. */
  readonly cpu: number;
  /** Routers placed there, counted at once, while `cpu` lags behind by a sample. */
  readonly routers: number;
}

/** A router placed since the last sample is counted as this share of a core. */
const EXPECTED_CPU_PER_ROUTER = 0.02;

const score = (worker: WorkerLoad): number => worker.cpu + worker.routers * EXPECTED_CPU_PER_ROUTER;

/** The least loaded worker; undefined where there is none. */
export const leastLoaded = <W extends WorkerLoad>(workers: readonly W[]): W | undefined =>
  workers.reduce<W | undefined>(
    (best, worker) => (!best || score(worker) < score(best) ? worker : best),
    undefined,
  );
