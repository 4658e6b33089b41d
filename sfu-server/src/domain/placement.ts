/** Which worker gets the next router, where the next listener receives, and when all is full. Pure. */
export interface WorkerLoad {
  /** Share of one core, 0 … 1: the last sample, and what is expected of those who came since. */
  readonly cpu: number;
  /** Routers placed there, counted at once, while `cpu` lags behind by a sample. */
  readonly routers: number;
  /** Samples in a row that it has not answered; the last of them may be under way. */
  readonly missed: number;
}

/** A router on which participants of one room receive. */
export interface ListenerLoad {
  /** Of its worker, as above. */
  readonly cpu: number;
  readonly listeners: number;
}

export interface PlacementLimits {
  /** A room opens another router when one has so many listeners, */
  readonly listenersPerRouter: number;
  /** or when its worker uses this share of a core. */
  readonly spreadLoad: number;
  /** From this share of a core on nobody new is admitted. */
  readonly maxLoad: number;
}

/**
 * What a listener costs while three people speak at once: 150 packets a second of some 10 µs each, as
 * a share of a core.
 */
const LISTENER_CPU = 0.0015;

/** A router placed since the last sample is counted as this share of a core. */
const EXPECTED_CPU_PER_ROUTER = 0.02;

/** It may hang, and then whatever is placed there waits until it is killed: after all others. */
const MAY_HANG = 1000;

const score = ({ cpu, routers, missed }: WorkerLoad): number =>
  cpu + routers * EXPECTED_CPU_PER_ROUTER + (missed > 1 ? MAY_HANG : 0);

const least = <T>(all: readonly T[], score: (one: T) => number): T | undefined =>
  all.reduce<T | undefined>(
    (best, one) => (best === undefined || score(one) < score(best) ? one : best),
    undefined,
  );

/** The least loaded worker; undefined where there is none. */
export const leastLoaded = <W extends WorkerLoad>(workers: readonly W[]): W | undefined =>
  least(workers, score);

/** An open router for the next listener, or the worker on which one should be opened for it. */
export type ListenerPlace<R, W> = { readonly router: R } | { readonly worker: W };

/**
 * Where the next listener of a room receives. The routers are filled before another is opened, as
 * each costs its worker one packet more for every slot that speaks.
 * @param routers of the room, at least one
 * @param others workers on which the room has no router yet
 */
export const placeListener = <R extends ListenerLoad, W extends WorkerLoad>(
  routers: readonly [R, ...R[]],
  others: readonly W[],
  { listenersPerRouter, spreadLoad }: PlacementLimits,
): ListenerPlace<R, W> => {
  const roomy = routers.filter(
    ({ cpu, listeners }) => cpu < spreadLoad && listeners < listenersPerRouter,
  );
  const best = least(roomy, ({ listeners }) => listeners);
  if (best) return { router: best };
  const worker = leastLoaded(others.filter(({ cpu }) => cpu < spreadLoad));
  if (worker) return { worker };
  return { router: least(routers, ({ cpu }) => cpu) ?? routers[0] };
};

/** About how many more listeners of large rooms these workers carry. */
export const placesLeft = (
  workers: readonly Pick<WorkerLoad, 'cpu'>[],
  { maxLoad }: Pick<PlacementLimits, 'maxLoad'>,
): number =>
  workers.reduce((sum, { cpu }) => sum + Math.floor(Math.max(0, maxLoad - cpu) / LISTENER_CPU), 0);

/** Nobody new is admitted where all of these workers have enough to do. */
export const isFull = (
  workers: readonly Pick<WorkerLoad, 'cpu'>[],
  { maxLoad }: Pick<PlacementLimits, 'maxLoad'>,
): boolean => workers.every(({ cpu }) => cpu >= maxLoad);
