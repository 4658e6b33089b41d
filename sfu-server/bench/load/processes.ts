/** What the system's own accounting says of a process (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

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
