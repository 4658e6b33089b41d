/**
 * Packets that ended a worker, or filled the log, before they were mended. What is made at random is in
 * faults/hostilePackets.fault.ts; a packet that it finds comes here.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Transport } from 'mediasoup/types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSendPeer } from '../rtc-peer/index.ts';
import type { SendTrack } from '../rtc-peer/index.ts';
import { buildRtp } from '../rtc-peer/rtp.ts';
import { collectLog } from './support/logLines.ts';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

let server: TestServer;
let peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const peer of peers) peer.close();
  peers = [];
  await server.reset();
});
afterAll(() => server.stop());

/** A speaker and a listener, in a room of their own. */
const two = async (at: TestServer) => {
  const ana = await at.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const speaker = await RawPeer.join(ana, room.id);
  const listener = await RawPeer.join(await at.connect('Bo'), room.id);
  peers.push(speaker, listener);
  await listener.subscribe([await speaker.publish()]);
  await speaker.unmute();
  return { roomId: room.id, speaker, listener };
};

const header = (first: number, second: number): Buffer => {
  const bytes = Buffer.alloc(12);
  bytes[0] = first;
  bytes[1] = second;
  return bytes;
};

describe('a stranger’s packet leaves nothing in the log:', () => {
  const binding = Buffer.from('000100002112a442000000000000000000000000', 'hex');
  const named = Buffer.from(
    '000100102112a44200000000000000000000000000060009616161613a62626262000000',
    'hex',
  );
  it.each<[string, Buffer]>([
    ['nothing known', Buffer.from([0x55, 1, 2, 3, 4, 5, 6, 7])],
    ['RTP', Buffer.concat([header(0x80, 111), Buffer.alloc(60)])],
    ['RTCP', Buffer.concat([header(0x80, 200), Buffer.alloc(60)])],
    ['DTLS', Buffer.concat([header(22, 0xfe), Buffer.alloc(60)])],
    ['STUN for nobody', binding],
    ['STUN for somebody who is not there', named],
    ['STUN that is cut off', named.subarray(0, 21)],
  ])('%s', async (_what, packet) => {
    // One of its own: a log that has had its share writes nothing for a while.
    const { log, lines } = collectLog('info');
    const own = await startTestServer({}, log);
    try {
      const ana = await own.connect('Ana');
      const { room } = await ana.request('room:create', { name: 'Square' });
      const { epoch } = await ana.request('room:join', { roomId: room.id });
      const wanted = { roomId: room.id, epoch, direction: 'send' } as const;
      const { iceCandidates } = await ana.request('transport:create', wanted);
      const port = iceCandidates.find(({ protocol }) => protocol === 'udp')?.port;
      if (port === undefined) throw new Error('no port');
      const stranger = createSocket('udp4');
      stranger.bind(0, '127.0.0.1');
      await once(stranger, 'listening');
      for (let sent = 0; sent < 200; sent++) {
        await new Promise((resolve) => stranger.send(packet, port, '127.0.0.1', resolve));
      }
      stranger.close();
      // Its packets are read before those that come now.
      const { speaker, listener } = await two(own);
      speaker.say(Buffer.from('after them'));
      await listener.hears(Buffer.from('after them'));
      expect(lines.filter(({ source }) => source !== undefined)).toEqual([]);
    } finally {
      await own.stop();
    }
  });
});

const hostile: Record<string, Parameters<SendTrack['send']>[0]> = {
  'a level of no bytes': { levelBytes: new Uint8Array() },
  'a level of many': { levelBytes: new Uint8Array(200) },
};

describe('a participant’s packet ends no worker:', () => {
  it.each(Object.keys(hostile))('%s', async (what) => {
    const { roomId, speaker, listener } = await two(server);
    const pids = server.running.pool.workers.map(({ pid }) => pid);
    const mallory = await server.connect('Mallory');
    const { epoch } = await mallory.request('room:join', { roomId });
    const wanted = { roomId, epoch, direction: 'send' } as const;
    const transport = await mallory.request('transport:create', wanted);
    const peer = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
    try {
      const [track] = peer.tracks;
      if (!track) throw new Error('no track');
      const { dtlsParameters } = peer;
      await mallory.request('transport:connect', { transportId: transport.id, dtlsParameters });
      await mallory.request('producer:create', {
        transportId: transport.id,
        kind: 'audio',
        source: 'microphone',
        rtpParameters: track.rtpParameters,
      });
      await mallory.request('mic:set', { roomId, muted: false });
      await peer.connected;
      expect(track.send(hostile[what])).toBeDefined();
      // What comes now is read after it.
      speaker.say(Buffer.from('after it'));
      await listener.hears(Buffer.from('after it'));
      expect(server.running.pool.workers.map(({ pid }) => pid)).toEqual(pids);
    } finally {
      peer.close();
    }
  });
});

/** Of a transport, as far as it is looked at. */
const Dump = z.object({ rtpListener: z.object({ ssrcTable: z.array(z.unknown()) }) });

it('of the SSRCs that a participant invents only so many are remembered', async () => {
  const transports: Transport[] = [];
  for (const { worker } of server.running.pool.workers) {
    worker.observer.once('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => transports.push(transport));
    });
  }
  const client = await server.connect('Mallory');
  const { room } = await client.request('room:create', { name: 'Square' });
  const { epoch } = await client.request('room:join', { roomId: room.id });
  const wanted = { roomId: room.id, epoch, direction: 'send' } as const;
  const transport = await client.request('transport:create', wanted);
  const peer = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
  try {
    const [track] = peer.tracks;
    if (!track) throw new Error('no track');
    const { dtlsParameters, connected } = peer;
    await client.request('transport:connect', { transportId: transport.id, dtlsParameters });
    await client.request('producer:create', {
      transportId: transport.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await connected;
    const sending = transports.find(({ id }) => id === transport.id);
    if (!sending) throw new Error('no transport');
    const known = async (): Promise<number> =>
      Dump.parse(await sending.dump()).rtpListener.ssrcTable.length;
    const mid = { id: 1, value: Buffer.from(track.rtpParameters.mid) };
    let ssrc = 0;
    const invent = (): void => {
      const header = { sequenceNumber: 1, timestamp: 1, marker: false, csrcs: [] };
      const payload = new Uint8Array(10);
      ssrc++;
      track.sendRaw(buildRtp({ ...header, payloadType: 111, ssrc, extensions: [mid], payload }));
    };
    // Some may be lost on the way: so many that most would be too many.
    while (ssrc < 5000) {
      for (let sent = 0; sent < 50; sent++) invent();
      expect(await known()).toBeLessThanOrEqual(1024);
    }
    expect(await known()).toBe(1024);
  } finally {
    peer.close();
  }
});
