/** Server and load on cores of their own, so that one does not take time from the other (Linux). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

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

let taken: Cores | null = null;

/**
 * Moves this process, which makes the load, to the cores for it. Once: afterwards it sees none but
 * its own, and would take them for all there are.
 */
export const takeLoadCores = (): Cores => (taken ??= moveToLoadCores());

const moveToLoadCores = (): Cores => {
  try {
    const cores = share(parseCpuList(allowedIn(readFileSync('/proc/self/status', 'utf8'))));
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

const allowedIn = (status: string): string =>
  /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '';

/** The cores that the threads of a process may run on. */
const coresOf = (pid: number): number[] => {
  const tasks = `/proc/${pid}/task`;
  const lists = readdirSync(tasks).map((thread) => {
    try {
      return parseCpuList(allowedIn(readFileSync(`${tasks}/${thread}/status`, 'utf8')));
    } catch {
      // It ended a moment ago.
      return [];
    }
  });
  return [...new Set(lists.flat())];
};

/**
 * Every thread of the server is on the server's core and of the load on the load's, by the system's
 * own word; nothing where they cannot be kept apart.
 * @throws Error where one is elsewhere: nothing that is measured would hold
 */
export const checkApart = (cores: Cores, serverPids: readonly number[]): void => {
  const { server, load } = cores;
  if (server === null || load === null) return;
  const check = (pid: number, who: string, wanted: string): void => {
    const strays = coresOf(pid).filter((core) => !parseCpuList(wanted).includes(core));
    if (strays.length === 0) return;
    throw new Error(`${who} (process ${pid}) may run on core ${strays.join(', ')}, not ${wanted}`);
  };
  check(process.pid, 'the load', load);
  for (const pid of serverPids) check(pid, 'the server', server);
};
