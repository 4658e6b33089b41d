/** Media over TCP, for networks without UDP: it arrives, and who does not read it costs no memory. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createReceivePeer } from '../rtc-peer/index.ts';
import { RawPeer } from './support/rawPeer.ts';
import { TcpPath } from './support/tcpPath.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

/** Much more than the kernels of both sides hold for a connection: about 10 MB. */
const PACKETS = 25_000;
const PACKET = new Uint8Array(1200);
const AT_ONCE = 40;
const EVERY_MS = 5;
const MOST_GROWN_KB = 6000;

let server: TestServer;
const undo: (() => void)[] = [];

beforeAll(async () => {
  server = await startTestServer({ media: { microphoneBitrate: 100_000_000 } });
});
afterEach(async () => {
  for (const close of undo.splice(0).toReversed()) close();
  await server.reset();
});
afterAll(() => server.stop());

const residentKb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** A speaker, somebody who listens over UDP, and somebody who listens over TCP. */
const three = async () => {
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const speaker = await RawPeer.join(ana, room.id);
  const listener = await RawPeer.join(await server.connect('Bo'), room.id);
  undo.push(() => {
    speaker.close();
    listener.close();
  });
  const microphone = await speaker.publish();
  await listener.subscribe([microphone]);
  await speaker.unmute();

  const client = await server.connect('Cyd');
  const { epoch, routerRtpCapabilities } = await client.request('room:join', { roomId: room.id });
  const wanted = { roomId: room.id, epoch, direction: 'receive' as const };
  const transport = await client.request('transport:create', wanted);
  const { consumers } = await client.request('consumer:create', {
    transportId: transport.id,
    rtpCapabilities: routerRtpCapabilities,
    producerIds: [microphone],
  });
  const path = await TcpPath.open(transport);
  const peer = await createReceivePeer({ transport: path.transport, consumers });
  undo.push(() => {
    path.close();
    peer.close();
  });
  const heard: Buffer[] = [];
  peer.onRtp(({ payload }) => heard.push(Buffer.from(payload)));
  const { dtlsParameters } = peer;
  await client.request('transport:connect', { transportId: transport.id, dtlsParameters });
  await peer.connected;
  const consumerIds = consumers.map(({ consumerId }) => consumerId);
  await client.request('consumer:resume', { consumerIds });
  return { speaker, listener, path, heard };
};

it('arrives', async () => {
  const { speaker, heard } = await three();
  speaker.say(Buffer.from('over TCP'));
  await until(() => heard.some((payload) => payload.equals(Buffer.from('over TCP'))), 'it arrives');
});

it('that is not read is dropped, and others hear on', { timeout: 30_000 }, async () => {
  const { speaker, listener, path } = await three();
  const [worker] = server.running.pool.workers;
  if (!worker) throw new Error('no worker');
  const before = residentKb(worker.pid);
  path.stopReading();
  for (let sent = 1; sent <= PACKETS; sent++) {
    speaker.say(PACKET);
    if (sent % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  speaker.say(Buffer.from('after all that'));
  await listener.hears(Buffer.from('after all that'));
  expect(residentKb(worker.pid) - before).toBeLessThan(MOST_GROWN_KB);
});
