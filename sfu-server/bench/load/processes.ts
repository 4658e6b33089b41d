/** What the system's own accounting says of a process (Linux). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const PAGE_KB = 4;

/** Resident memory of a process, KB. */
export const residentKb = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_KB;

/** Time on a core of all threads that live, ms. */
export const cpuMs = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => threadCpuMs(`/proc/${pid}/task/${thread}/schedstat`))
    .reduce((sum, ms) => sum + ms, 0);

const threadCpuMs = (file: string): number => {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    // It ended a moment ago.
    return 0;
  }
};

/** /proc/net/tcp: the state of a socket that listens. */
const LISTEN = '0A';

/** The inode of the socket that listens on a TCP port, in a table like /proc/net/tcp. */
export const listeningInode = (table: string, port: number): string | null => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === LISTEN && local.endsWith(`:${wanted}`)) return inode ?? null;
  }
  return null;
};

/** The process that listens on a TCP port of this machine; null where it is not ours to see. */
export const processListeningOn = (port: number): number | null => {
  try {
    const inodes = ['tcp', 'tcp6']
      .map((name) => listeningInode(readFileSync(`/proc/net/${name}`, 'utf8'), port))
      .filter((inode) => inode !== null);
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const found = pids.find((pid) => inodes.some((inode) => hasSocket(pid, inode)));
    return found === undefined ? null : Number(found);
  } catch {
    // No /proc.
    return null;
  }
};

const hasSocket = (pid: string, inode: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(
      (fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
    );
  } catch {
    // Somebody else's process, or one that ended a moment ago.
    return false;
  }
};
