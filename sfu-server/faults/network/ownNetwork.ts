/**
 * Runs a program in a network of its own, as the root of it: what it changes there, nobody else sees.
 * Its processes and networks end with it, however it ends, and it ends with us.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const NAMESPACES = [
  '--map-root-user',
  '--net',
  // Names of further networks are files of its own.
  '--mount',
  // With its first process all of them end.
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];
const SET_UP = 'mount -t tmpfs run /run && mkdir /run/netns && ip link set lo up';
const TRIAL = `${SET_UP} && ip netns add trial && echo 'table inet trial' | nft -f - && tc qdisc show`;
const TRIED_WITHIN_MS = 20_000;

const unshare = (command: string): string[] => [...NAMESPACES, 'sh', '-c', command];

let known: string | null | undefined;

/** Null where it can be done, else a sentence that says why not. Tried once. */
export const whyNoOwnNetwork = (): string | null =>
  known === undefined ? (known = tried()) : known;

const tried = (): string | null => {
  const { error, status, stderr } = spawnSync('unshare', unshare(TRIAL), {
    encoding: 'utf8',
    timeout: TRIED_WITHIN_MS,
  });
  if (status === 0) return null;
  const [why = ''] = (error?.message ?? stderr).trim().split('\n');
  return `it makes networks of its own, with unshare, ip, tc and nft as root, and cannot here: ${why}`;
};

/**
 * Runs a TypeScript program and gives each message that it sends to `heard`.
 * @throws Error where it does not end with 0, with what it said
 */
export const runInOwnNetwork = async (
  file: string,
  args: readonly string[],
  heard: (message: unknown) => void,
): Promise<void> => {
  const command = `${SET_UP} && exec "$0" "$@"`;
  const child = spawn('unshare', [...unshare(command), process.execPath, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => (said += String(data)));
  }
  child.on('message', heard);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${code ?? 'a signal'}:\n${said}`);
};

/** For the program itself: tells whoever runs it, and ends when that one is gone. */
export const toRunner = (): ((message: object) => Promise<void>) => {
  process.once('disconnect', () => process.exit(1));
  // Gone before anybody listened.
  if (!process.connected) process.exit(1);
  return (message) =>
    new Promise((resolve) => {
      process.send?.(message, () => {
        resolve();
      });
    });
};
