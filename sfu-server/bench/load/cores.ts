/** Server and load on cores of their own, so that one does not take time from the other (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cores {
  /** For taskset, like `0`; null where they cannot be kept apart. */
  readonly server: string | null;
  readonly load: string | null;
}

/** `0-2,5` as numbers. */
export const parseCpuList = (list: string): number[] =>
  list
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((range) => {
      const [first = NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });

/** One core for the server, all others for the load. */
export const share = (cpus: readonly number[]): Cores => {
  const [first, ...others] = cpus;
  if (first === undefined || others.length === 0) return { server: null, load: null };
  return { server: String(first), load: others.join(',') };
};

/** Moves this process, which makes the load, to the cores for it. */
export const takeLoadCores = (): Cores => {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const cores = share(parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? ''));
    if (cores.load !== null) {
      execFileSync('taskset', ['-a', '-c', '-p', cores.load, String(process.pid)], {
        stdio: 'ignore',
      });
    }
    return cores;
  } catch {
    // No /proc or no taskset.
    return { server: null, load: null };
  }
};
