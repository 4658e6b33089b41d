/** Who sends far more than they may is closed, whatever their browser was asked to do. */
import type { RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { collectLog } from './support/logLines.ts';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const { log, lines } = collectLog('info');
let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  // A voice of 50 packets of 80 bytes and their headers is about 40,000 bit/s. A transport may send
  // ten times as much.
  const media = {
    bitrateMs: 300,
    microphoneBitrate: 40_000,
    cameraBitrate: 340_000,
    screenBitrate: 10_000,
    screenAudioBitrate: 10_000,
    feedbackBitrate: 50_000,
  };
  server = await startTestServer({ media }, log);
});
afterEach(async () => {
  lines.length = 0;
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

const join = async (name: string, roomId: RoomId): Promise<RawPeer> => {
  const peer = await RawPeer.join(await server.connect(name), roomId);
  peers.push(peer);
  return peer;
};
const FAR_TOO_MUCH = new Uint8Array(1000);

const isCut = async (peer: RawPeer, producerId: string): Promise<void> => {
  const { client, joined } = peer;
  const gone = await client.next('room:track-unpublished', (it) => it.producerId === producerId);
  expect(gone.reason).toBe('sent_too_much');
  const cut = lines.filter(({ msg }) => msg === 'Producer cut' || msg === 'Transport closed');
  expect(cut).toEqual([
    expect.objectContaining({ producerId, source: 'microphone', reason: 'sent_too_much' }),
  ]);
  const { snapshot } = await client.request('room:snapshot', { roomId: peer.roomId });
  expect(snapshot.tracks.map((track) => track.producerId)).not.toContain(producerId);
  const self = snapshot.participants.find(({ id }) => id === joined.participantId);
  expect(self?.muted).toBe(true);
};

it('closes who sends far too much, mutes them, says so to all, and leaves others alone', async () => {
  const owner = await server.connect('Owner');
  const roomId = (await owner.request('room:create', { name: 'Square' })).room.id;
  const ana = await join('Ana', roomId);
  const mallory = await join('Mallory', roomId);
  const honest = await ana.publish();
  const hostile = await mallory.publish();
  await mallory.subscribe([honest]);
  await Promise.all([ana.unmute(), mallory.unmute()]);
  ana.talk();
  mallory.talk(-10, FAR_TOO_MUCH);
  await isCut(mallory, hostile);
  await ana.client.next('room:track-unpublished', ({ reason }) => reason === 'sent_too_much');
  // The honest voice was measured just as often, and is still heard.
  const { length } = mallory.heard;
  await until(() => mallory.heard.length > length + 20, 'the honest voice is heard on');
  const { snapshot } = await ana.client.request('room:snapshot', { roomId });
  expect(snapshot.tracks.map(({ producerId }) => producerId)).toEqual([honest]);
});

it('closes it also while it is muted, and when it begins again', async () => {
  const owner = await server.connect('Owner');
  const roomId = (await owner.request('room:create', { name: 'Square' })).room.id;
  const mallory = await join('Mallory', roomId);
  const muted = await mallory.publish();
  mallory.talk(-10, FAR_TOO_MUCH);
  await isCut(mallory, muted);
  lines.length = 0;
  mallory.hush();
  const again = await mallory.publish();
  mallory.talk(-10, FAR_TOO_MUCH);
  await isCut(mallory, again);
});

/** RTP (RFC 3550) of a stream that nobody was told of. */
const nobodysRtp = (): Buffer => {
  const packet = Buffer.alloc(1012);
  packet[0] = 0x80;
  packet[1] = 111;
  packet.writeUInt32BE(4711, 8);
  return packet;
};
/** A report that says nothing, and one of an application that is long. */
const longRtcp = (): Buffer => {
  const packet = Buffer.alloc(1000);
  packet.set([0x80, 204, 0, packet.length / 4 - 1]);
  return packet;
};

const isClosed = async (direction: string): Promise<void> => {
  await until(() => lines.some(({ msg }) => msg === 'Transport closed'), 'the transport is closed');
  expect(lines.find(({ msg }) => msg === 'Transport closed')).toMatchObject({
    direction,
    reason: 'sent_too_much',
  });
};

it('closes the transport of who sends far too much that is of no track', async () => {
  const owner = await server.connect('Owner');
  const roomId = (await owner.request('room:create', { name: 'Square' })).room.id;
  const mallory = await join('Mallory', roomId);
  const producerId = await mallory.publish();
  mallory.flood(nobodysRtp);
  await isClosed('send');
  const gone = await mallory.client.next(
    'room:track-unpublished',
    (it) => it.producerId === producerId,
  );
  expect(gone.reason).toBe('sent_too_much');
});

it('closes the transport of who receives and says far too much of it', async () => {
  const owner = await server.connect('Owner');
  const roomId = (await owner.request('room:create', { name: 'Square' })).room.id;
  const ana = await join('Ana', roomId);
  const mallory = await join('Mallory', roomId);
  await mallory.subscribe([await ana.publish()]);
  mallory.flood(longRtcp);
  await isClosed('receive');
});
