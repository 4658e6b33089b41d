/** The native side of many connections that come and go. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const SHORT_ONES = 200;
const WITHIN_MS = 60_000;

const CONNECTION = JSON.stringify(new URL('./connection.ts', import.meta.url).href);

/** One connection stays while others come, go and are forgotten; then it goes too. */
const PROGRAM = `
  import { Connection } from ${CONNECTION};
  const transport = {
    id: 'transport',
    iceParameters: { usernameFragment: 'somebody', password: 'a password of enough letters' },
    iceCandidates: [
      { foundation: '1', priority: 1, address: '127.0.0.1', protocol: 'udp', port: 9 },
    ],
    dtlsParameters: {
      fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }],
    },
  };
  const section = (mid) => ({
    ...{ mid, kind: 'audio', direction: 'sendonly', extensions: [], ssrcs: [1234] },
    codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48000, channels: 2 }],
  });
  const connect = () => Connection.create(transport, ['0', '1', '2', '3'].map(section), {});
  const stays = await connect();
  for (let index = 0; index < ${SHORT_ONES}; index++) {
    (await connect()).close();
    if (index % 20 === 0) globalThis.gc();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc();
  // What was freed is used for something else.
  const buffers = Array.from({ length: 5000 }, (_, index) => Buffer.alloc(100 + index % 400, 255));
  stays.close();
  process.stdout.write('closed ' + buffers.length);
`;

it('leaves nothing behind that a clean end would stumble over', { timeout: WITHIN_MS }, () => {
  const args = ['--expose-gc', '--input-type=module', '--eval', PROGRAM];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: WITHIN_MS,
  });
  expect({ status, signal, stdout, stderr }).toEqual({
    ...{ status: 0, signal: null },
    ...{ stdout: 'closed 5000', stderr: '' },
  });
});
