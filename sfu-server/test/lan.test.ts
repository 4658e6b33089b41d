/** `--lan`: HTTPS on the LAN address, and media candidates that other machines can use. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PROBE = fileURLToPath(new URL('./support/lanProbe.ts', import.meta.url));
const NETWORK =
  'ip link set lo up && ip link add lan0 type veth peer name lan1 && ip addr add 10.77.0.1/24 dev lan0 && ip link set lan0 up && ip link set lan1 up';

const inOwnNetwork = (command: string) =>
  spawnSync('unshare', ['--map-root-user', '--net', 'sh', '-c', `${NETWORK} && ${command}`], {
    encoding: 'utf8',
    timeout: 60_000,
  });

// A network of its own, with one LAN address, needs unshare, ip and the right to use them.
const possible = inOwnNetwork('true').status === 0;

it.runIf(possible)(
  'serves HTTPS on the LAN address, and announces it for media before loopback',
  () => {
    const { stdout, stderr } = inOwnNetwork(`exec ${process.execPath} ${PROBE}`);
    expect(stderr.replace(/^\(node.*\n|.*NODE_TLS_REJECT_UNAUTHORIZED.*\n/gm, '')).not.toContain(
      'Error',
    );
    expect(JSON.parse(stdout)).toEqual({
      urls: ['http://localhost', 'https://10.77.0.1'],
      ready: 200,
      certificateFits: true,
      candidates: ['10.77.0.1 udp', '10.77.0.1 tcp', '127.0.0.1 udp', '127.0.0.1 tcp'],
      ownPage: true,
    });
  },
  70_000,
);
