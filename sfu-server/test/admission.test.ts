/** A server that carries as much as it can lets nobody new in, and keeps those who are inside. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import type { TestClient } from './support/testClient.ts';
import { until } from './support/wait.ts';

const FULL = { ok: false, error: { code: 'UNAVAILABLE', reason: 'at_capacity' } };

let server: TestServer;
beforeAll(async () => {
  // A few packets are load enough.
  server = await startTestServer({ media: { maxLoad: 0.005, sampleMs: 100 } });
});
afterAll(() => server.stop());

it('refuses the next one while it is loaded, and lets them in when it is not', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const cyd = await server.connect('Cyd');
  const { room } = await ana.request('room:create', { name: 'Square' });
  const roomId = room.id;
  const mayEnter = (client: TestClient) => async () =>
    (await client.outcome('room:join', { roomId })) === 'ok';
  await until(mayEnter(ana), 'the first one is in');
  await until(mayEnter(bo), 'the second one is in');
  const inside = await RawPeer.join(ana, roomId);
  const listener = await RawPeer.join(bo, roomId);
  const producerId = await inside.publish();
  await listener.subscribe([producerId]);
  await inside.unmute();
  // As many as forty voices.
  const flood = setInterval(() => {
    for (let packets = 0; packets < 40; packets++) inside.say(Buffer.alloc(80));
  }, 20);
  try {
    await until(async () => {
      const answer = await cyd.raw('room:join', { roomId });
      if (JSON.stringify(answer).includes('at_capacity')) return true;
      await cyd.request('room:leave', { roomId });
      return false;
    }, 'somebody new is refused');
    const heard = listener.heard.length;
    await until(() => listener.heard.length > heard + 100, 'those inside go on');
    expect(await cyd.raw('room:join', { roomId })).toMatchObject(FULL);
    // Whoever has a seat comes back to it.
    await bo.request('room:join', { roomId });
    const call = { to: ana.welcome.user.id, media: 'audio', key: 'one' };
    expect(await cyd.raw('call:initiate', call)).toMatchObject(FULL);
  } finally {
    clearInterval(flood);
  }
  await until(mayEnter(cyd), 'there is room');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^veche_worker_load\{worker="0"\} 0(\.\d+)?$/m);
  expect(metrics).toMatch(/^veche_listener_places \d+$/m);
  inside.close();
  listener.close();
});
