/** Runs inside a network of its own (see lan.test.ts): a server with `--lan`, as the LAN sees it. */
import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import pino from 'pino';
import { io } from 'socket.io-client';
import { testSettings } from '../../src/config/load.ts';
import { startServer } from '../../src/server.ts';
import { guest, TestClient } from './testClient.ts';

// The certificate is signed by itself; what it says is looked at below.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';

const base = testSettings({ http: { lan: true }, media: { listenAddresses: [] } });
const workerBin = process.env['MEDIASOUP_WORKER_BIN'] ?? '';
const server = await startServer(
  { ...base, media: { ...base.media, workerBin } },
  pino({ level: 'silent' }),
);
const [, lan = ''] = server.urls;
const address = new URL(lan).hostname;

const certificate = await new Promise<X509Certificate>((resolve, reject) => {
  const socket = connect(server.port, address, { rejectUnauthorized: false }, () => {
    const raw = socket.getPeerX509Certificate();
    socket.destroy();
    if (raw) resolve(raw);
    else reject(new Error('no certificate'));
  });
  socket.once('error', reject);
});
const client = await TestClient.connect(lan, { name: 'Ana', anyCertificate: true });
const { room } = await client.request('room:create', { name: 'Square' });
const { epoch } = await client.request('room:join', { roomId: room.id });
const { iceCandidates } = await client.request('transport:create', {
  roomId: room.id,
  epoch,
  direction: 'receive',
});
const { token } = await guest(server.urls[0] ?? '', 'Bo');
const ownPage = await new Promise<boolean>((resolve) => {
  const socket = io(lan, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    rejectUnauthorized: false,
    extraHeaders: { origin: lan },
    auth: { token, deviceId: 'device-0001', protocol: 1 },
  });
  socket.once('connect', () => resolve(true));
  socket.once('connect_error', () => resolve(false));
});
process.stdout.write(
  JSON.stringify({
    urls: server.urls.map((url) => url.replace(`:${server.port}`, '')),
    ready: (await fetch(`${lan}/readyz`)).status,
    certificateFits: certificate.checkIP(address) !== undefined,
    candidates: iceCandidates.map((it) => `${it.address} ${it.protocol}`),
    ownPage,
  }),
);
process.exit(0);
