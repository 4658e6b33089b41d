/** The server as a process of its own, as `npm start` runs it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nodeOptions from '../../node-options.json' with { type: 'json' };
import { until } from './wait.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** The server ends with whoever started it. */
const END_WITH_STARTER = new URL('./endWithStarter.ts', import.meta.url).href;
const STARTED_WITHIN_MS = 30_000;
const ENDED_WITHIN_MS = 30_000;

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the exit code, or the signal's name. */
  ended(): Promise<number | string>;
}

/** @param program what to run instead of what `npm start` runs, and Node's own options before it */
export const spawnServer = (
  environment: NodeJS.ProcessEnv,
  program: readonly string[] = [MAIN],
): ServerProcess => {
  // A group of its own, as a terminal makes one: signals to the group reach what is in it.
  const options = [...nodeOptions, '--import', END_WITH_STARTER];
  const child = spawn(process.execPath, [...options, ...program], {
    env: { ...process.env, VECHE_ENV: 'test', ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => (output += String(data)));
  }
  const exit = once(child, 'exit');
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    ended: async () => {
      const timeout = setTimeout(() => child.kill('SIGKILL'), ENDED_WITHIN_MS);
      const [code, signal] = (await exit) as [number | null, string | null];
      clearTimeout(timeout);
      return code ?? signal ?? 'unknown';
    },
  };
};

/** The URL that it prints once it is up. */
export const urlOf = async (server: ServerProcess): Promise<string> => {
  const announced = (): string | undefined =>
    /On this machine\s+(http:\S+)/.exec(server.output())?.[1];
  await until(
    () => announced() !== undefined || server.child.exitCode !== null,
    () => `the server is up; it said: ${server.output()}`,
    STARTED_WITHIN_MS,
  );
  const url = announced();
  if (url === undefined) throw new Error(`the server ended; it said: ${server.output()}`);
  return url;
};

/** Processes that this one started (Linux). */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number);

/** Those that it started, and those that they did. */
export const descendantsOf = (pid: number): number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

/** Whether a process runs; one that ended and was not yet waited for does not. */
export const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) &&
  !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
