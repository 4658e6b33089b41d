/** A server started for one benchmark, on a core of its own, and how much of it is used. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import nodeOptions from '../../node-options.json' with { type: 'json' };
import { checkApart, takeLoadCores } from './cores.ts';
import { ServerChannel } from './ipc.ts';
import { cpuMs, residentKb } from './processes.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const ENDED_WITHIN_MS = 10_000;

/** Enough of everything for whatever a benchmark asks; what is measured are the defaults. */
const ENVIRONMENT = {
  VECHE_ENV: 'test',
  VECHE_MEDIA_MAX_LOAD: '1',
  // A worker that is loaded on purpose may answer late, and must not be taken for one that hangs.
  VECHE_MEDIA_SAMPLE_MS: '60000',
  VECHE_VOICE_SPREAD_LOAD: '1',
  VECHE_VOICE_LISTENERS_PER_ROUTER: '10000',
  VECHE_LIMITS_CONNECTIONS_PER_MINUTE: '1000000',
  VECHE_LIMITS_CONNECTION_BURST: '1000000',
};

export interface Usage {
  /** Time on a core of Node and of each worker since they started, ms. */
  readonly nodeMs: number;
  readonly workersMs: readonly number[];
}

/** A server whose processes are known. */
export interface Measured {
  /** Of Node and of the workers. */
  readonly pids: readonly number[];
  usage(): Usage;
}

export interface Memory {
  readonly nodeKb: number;
  readonly workersKb: readonly number[];
}

export class Rig implements Measured {
  readonly url: string;
  /** Whether the server has a core of its own. */
  readonly pinned: boolean;
  readonly channel: ServerChannel;
  readonly #child: ChildProcess;
  readonly #workers: readonly number[];

  private constructor(
    child: ChildProcess,
    channel: ServerChannel,
    { url, workers }: { url: string; workers: number[] },
    pinned: boolean,
  ) {
    this.#child = child;
    this.channel = channel;
    this.url = url;
    this.#workers = workers;
    this.pinned = pinned;
  }

  static async start(environment: NodeJS.ProcessEnv = {}): Promise<Rig> {
    const cores = takeLoadCores();
    const command = [process.execPath, ...nodeOptions, '--expose-gc', SERVER];
    const [program = '', ...args] =
      cores.server === null ? command : ['taskset', '-c', cores.server, ...command];
    const child = spawn(program, args, {
      env: { ...process.env, ...ENVIRONMENT, ...environment },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    const channel = new ServerChannel(child);
    const ready = await channel.ask('ready', null);
    const rig = new Rig(child, channel, ready, cores.server !== null);
    checkApart(cores, rig.pids);
    return rig;
  }

  get workerCount(): number {
    return this.#workers.length;
  }

  get pids(): number[] {
    return [this.#pid, ...this.#workers];
  }

  usage(): Usage {
    return { nodeMs: cpuMs(this.#pid), workersMs: this.#workers.map(cpuMs) };
  }

  memory(): Memory {
    return { nodeKb: residentKb(this.#pid), workersKb: this.#workers.map(residentKb) };
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    const timeout = setTimeout(() => this.#child.kill('SIGKILL'), ENDED_WITHIN_MS);
    if (this.#child.connected) this.#child.disconnect();
    await ended;
    clearTimeout(timeout);
  }

  get #pid(): number {
    return this.#child.pid ?? 0;
  }
}

/** What was used between two looks. */
export const usedSince = (before: Usage, after: Usage): Usage => ({
  nodeMs: after.nodeMs - before.nodeMs,
  workersMs: after.workersMs.map((ms, index) => ms - (before.workersMs[index] ?? 0)),
});

export const totalMs = ({ nodeMs, workersMs }: Usage): number =>
  workersMs.reduce((sum, ms) => sum + ms, nodeMs);
