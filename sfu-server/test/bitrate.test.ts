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
  // A voice of 50 packets of 80 bytes and their headers is about 40,000 bit/s.
  const media = { bitrateMs: 300, microphoneBitrate: 40_000 };
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
  const cut = lines.filter(({ msg }) => msg === 'Producer cut');
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
