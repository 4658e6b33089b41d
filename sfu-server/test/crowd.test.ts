/** A crowd at a room's door, and clients that are many or loud, keep nobody else waiting. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import type { RoomId } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawSocket } from './support/rawSocket.ts';
import { guest } from './support/testClient.ts';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const CROWD = 30;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.stop();
});

const joinWithMedia = (client: TestClient, roomId: RoomId) => {
  const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
  if (!rtpCapabilities) throw new Error('not told what the routers can');
  return client.request('room:join', { roomId, media: { rtpCapabilities, kinds: ['audio'] } });
};

const connectAll = (count: number): Promise<TestClient[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => server.connect(`Guest ${index}`)));

it('a crowd that joins takes turns; who joins another room does not wait for it', async () => {
  const [ana, bo, cyd, ...crowd] = await connectAll(CROWD + 3);
  if (!ana || !bo || !cyd) throw new Error('nobody is there');
  const square = (await ana.request('room:create', { name: 'Square' })).room.id;
  const yard = (await ana.request('room:create', { name: 'Yard' })).room.id;
  await ana.request('room:join', { roomId: square });
  await cyd.request('room:join', { roomId: yard });
  let inside = 0;
  const joins = crowd.map(async (client) => {
    const joined = await joinWithMedia(client, square);
    inside++;
    return joined;
  });
  const { media } = await joinWithMedia(bo, yard);
  expect(media).toBeDefined();
  // Without turns the workers would have made the media of the whole crowd first.
  expect(inside).toBeLessThan(CROWD);
  for (const joined of await Promise.all(joins)) expect(joined.media).toBeDefined();
  await server.reset();
});

it('whoever is told that the door took too long has no seat', async () => {
  const [ana, ...crowd] = await connectAll(CROWD + 15);
  const { routerRtpCapabilities: rtpCapabilities } = ana?.welcome ?? {};
  if (!ana || !rtpCapabilities) throw new Error('nobody is there');
  const password = 'open sesame';
  const roomId = (await ana.request('room:create', { name: 'Square', password })).room.id;
  await ana.request('room:join', { roomId });
  const pids = server.running.pool.workers.map(({ pid }) => pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    const media = { rtpCapabilities, kinds: ['audio'] };
    const outcomes = await Promise.all(
      crowd.map((client) => client.outcome('room:join', { roomId, password, media })),
    );
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'UNAVAILABLE']));
    const { snapshot } = await ana.request('room:snapshot', { roomId });
    const inside = outcomes.filter((outcome) => outcome === 'ok').length;
    expect(snapshot.participants).toHaveLength(1 + inside);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await server.reset();
});

it('what the answer to a join holds does not come again after it', async () => {
  const [ana, ...crowd] = await connectAll(CROWD);
  if (!ana) throw new Error('nobody is there');
  const { room } = await ana.request('room:create', { name: 'Square' });
  await ana.request('room:join', { roomId: room.id });
  const joins = await Promise.all(
    crowd.map(async (client) => ({ client, joined: await joinWithMedia(client, room.id) })),
  );
  const { snapshot } = await ana.request('room:snapshot', { roomId: room.id });
  expect(snapshot.participants).toHaveLength(CROWD);
  for (const { client, joined } of joins) {
    const revisions = () => client.all('room:participant-joined').map(({ revision }) => revision);
    const missed = snapshot.revision - joined.snapshot.revision;
    await until(() => revisions().length >= missed, 'all that came later is told');
    expect(revisions()).toEqual(
      Array.from({ length: missed }, (_, index) => joined.snapshot.revision + 1 + index),
    );
  }
  await server.reset();
});

it('one request beside a thousand of another connection is answered before most of them', async () => {
  const ana = await server.connect('Ana');
  const { token } = await guest(server.url, 'Mallory');
  const mallory = await RawSocket.open(server.url);
  mallory.send(
    `40${JSON.stringify({ token, deviceId: randomUUID(), protocol: PROTOCOL_VERSION })}`,
  );
  await until(() => mallory.texts.some((text) => text.includes('"welcome"')), 'he is welcomed');
  const answers = () => mallory.texts.filter((text) => text.startsWith('43')).length;
  mallory.tcp.cork();
  for (let id = 1; id <= 1000; id++) mallory.send(`42${id}["room:list",{}]`);
  mallory.tcp.uncork();
  await ana.request('room:list', {});
  expect(answers()).toBeLessThan(500);
  await until(() => answers() === 1000, 'all of his are answered, too');
  mallory.destroy();
  await server.reset();
});

it('pages that all close at once leave at once, whatever is told of it meanwhile', async () => {
  const all = await connectAll(CROWD);
  const [ana] = all;
  if (!ana) throw new Error('nobody is there');
  const { room } = await ana.request('room:create', { name: 'Square' });
  await Promise.all(all.map((client) => client.request('room:join', { roomId: room.id })));
  for (const client of all) client.disconnect();
  // Those whose connection broke are waited for much longer.
  await until(() => server.running.rooms.rooms.length === 0, 'the room is closed', 5000);
});
