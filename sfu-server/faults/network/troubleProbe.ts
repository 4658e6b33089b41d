/** Runs inside a network of its own (see trouble.test.ts): what comes through a line in trouble. */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { Line } from './line.ts';
import { toRunner } from './ownNetwork.ts';

const [SIGNALLING, MEDIA] = [3000, 40_000];
const WAIT_MS = 500;

const tell = toRunner();
const line = await Line.lay(SIGNALLING);
const host = line.nearAddress;
for (const port of [SIGNALLING, MEDIA]) {
  const server = createServer((socket) => socket.end('pong'));
  server.listen(port, host);
  await once(server, 'listening');
}
const udp = createSocket('udp4');
udp.on('message', (packet, { port, address }) => {
  udp.send(packet, port, address);
});
udp.bind(MEDIA, host);
await once(udp, 'listening');

/** Runs on the far machine; exits with 0 once something came back. */
const askTcp = (port: number): string => `
  require('node:net').connect(${port}, '${host}').on('data', () => process.exit(0));
  setTimeout(() => process.exit(1), ${WAIT_MS});`;
const ASK_UDP = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', () => process.exit(0)).send('ping', ${MEDIA}, '${host}');
  setTimeout(() => process.exit(1), ${WAIT_MS});`;

const onFar = line.onFar(process.execPath);
const answers = async (program: string): Promise<boolean> => {
  try {
    await promisify(execFile)(onFar, ['-e', program]);
    return true;
  } catch {
    return false;
  }
};
const look = async (trouble: string): Promise<void> => {
  const [udpPasses, media, signalling] = await Promise.all([
    answers(ASK_UDP),
    answers(askTcp(MEDIA)),
    answers(askTcp(SIGNALLING)),
  ]);
  await tell({ trouble, udp: udpPasses, media, signalling });
};

await look('none');
for (const blocked of ['udp', 'media', 'signalling', 'everything'] as const) {
  await line.suffer({ blocked });
  await look(blocked);
}
await line.suffer({});
await look('mended');
await line.readdress();
await look('another address');
process.exit(0);
