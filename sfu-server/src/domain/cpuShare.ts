/** How much of a core a process uses, from what it has used so far. Pure. */
export interface CpuReading {
  /** Time on a core since the process began, ms. */
  readonly cpuMs: number;
  /** Monotonic ms. */
  readonly at: number;
}

/** Over less than this a share is chance: the system counts in steps, and a start takes all it gets. */
const SHORTEST_MS = 500;

/** Share of one core between two readings, 0 … 1; null where they are too close to tell. */
export const cpuShare = (before: CpuReading, after: CpuReading): number | null => {
  const elapsed = after.at - before.at;
  return elapsed < SHORTEST_MS ? null : Math.max(0, after.cpuMs - before.cpuMs) / elapsed;
};
