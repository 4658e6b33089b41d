/**
 * A line to another machine: a pair of connected network devices, of which the far one is in a network
 * of its own. In a network that is ours alone: see `runInOwnNetwork`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { layDelay, type Delay } from './delay.ts';
import { rulesOf, type Trouble } from './trouble.ts';

const NEAR = 'near0';
const FAR = 'far0';
const NETWORK = 'far';
/** What waits at the narrow place is dropped after this time, ms: routers at home do it like this. */
const QUEUE_MS = 300;
const BURST_BYTES = 3000;

const run = promisify(execFile);
const ip = (...args: string[]) => run('ip', args);

const filter = async (rules: string): Promise<void> => {
  const nft = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
  nft.stdin.end(rules);
  const [code] = (await once(nft, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`nft refused:\n${rules}`);
};

export class Line {
  /** Of this machine, as the far one reaches it. */
  readonly nearAddress = '10.79.0.1';
  readonly #signallingPort: number;
  #farHost = 2;

  private constructor(signallingPort: number) {
    this.#signallingPort = signallingPort;
  }

  static async lay(signallingPort: number): Promise<Line> {
    const line = new Line(signallingPort);
    await ip('netns', 'add', NETWORK);
    const far = ['peer', 'name', FAR, 'netns', NETWORK];
    await ip('link', 'add', NEAR, 'type', 'veth', ...far);
    await ip('address', 'add', `${line.nearAddress}/24`, 'dev', NEAR);
    await ip('link', 'set', NEAR, 'up');
    await ip('-n', NETWORK, 'link', 'set', 'lo', 'up');
    await ip('-n', NETWORK, 'link', 'set', FAR, 'up');
    await line.#addFarAddress();
    return line;
  }

  /** Of the far machine. */
  get farAddress(): string {
    return `10.79.0.${this.#farHost}`;
  }

  /** A program that runs this one on the far machine. */
  onFar(program: string): string {
    const path = '/run/on-far';
    writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${NETWORK} '${program}' "$@"\n`, {
      mode: 0o755,
    });
    return path;
  }

  /** From now on, in place of what was wrong before; `{}` for nothing. */
  async suffer(trouble: Trouble): Promise<void> {
    await filter(rulesOf(trouble, NEAR, this.#signallingPort));
  }

  /** The far machine receives at most so much. */
  async narrow(kilobitsPerSecond: number): Promise<void> {
    const rate = `${kilobitsPerSecond}kbit`;
    const tbf = ['tbf', 'rate', rate, 'burst', `${BURST_BYTES}b`, 'latency', `${QUEUE_MS}ms`];
    await run('tc', ['qdisc', 'replace', 'dev', NEAR, 'root', ...tbf]);
  }

  async widen(): Promise<void> {
    await run('tc', ['qdisc', 'delete', 'dev', NEAR, 'root']);
  }

  /** Every UDP packet of this port takes longer; for what begins after it. */
  async delay(port: number, delay: Delay): Promise<void> {
    const proxyPort = await layDelay({ host: this.nearAddress, port }, delay);
    await filter(
      `table ip detour {
        chain prerouting {
          type nat hook prerouting priority -100
          iifname "${NEAR}" udp dport ${port} redirect to :${proxyPort}
        }
      }\n`,
    );
  }

  /** The far machine is in another network from now on: it has another address, and the old one not. */
  async readdress(): Promise<void> {
    await ip('-n', NETWORK, 'address', 'flush', 'dev', FAR, 'scope', 'global');
    this.#farHost++;
    await this.#addFarAddress();
  }

  async #addFarAddress(): Promise<void> {
    await ip('-n', NETWORK, 'address', 'add', `${this.farAddress}/24`, 'dev', FAR);
    await ip('-n', NETWORK, 'route', 'replace', 'default', 'via', this.nearAddress);
  }
}
