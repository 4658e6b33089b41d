/** Nobody listens who is not in the list: with the seat, whichever way it goes, goes all that is heard. */
import type { RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { Victim } from './support/trespass.ts';
import { until } from './support/wait.ts';

let server: TestServer;
const seats: Victim[] = [];

beforeAll(async () => {
  server = await startTestServer({ rooms: { graceMs: 0 } });
});
afterEach(async () => {
  for (const seat of seats.splice(0)) seat.close();
  await server.reset();
});
afterAll(() => server.stop());

const enter = async (client: TestClient, roomId: RoomId): Promise<Victim> => {
  const seat = new Victim(client, await client.request('room:join', { roomId }));
  seats.push(seat);
  return seat;
};

/** Each way out of a room: of `bo`, where `ana` is the moderator. */
const ways: Record<string, (bo: Victim, ana: Victim) => Promise<unknown>> = {
  leaves: (bo) => bo.client.request('room:leave', { roomId: bo.roomId }),
  'is removed': (bo, ana) =>
    ana.client.request('mod:remove', {
      roomId: bo.roomId,
      participantId: bo.joined.participantId,
    }),
  'is banned': (bo, ana) =>
    ana.client.request('mod:remove', {
      roomId: bo.roomId,
      participantId: bo.joined.participantId,
      banMs: 60_000,
    }),
  'joins another room': async (bo) => {
    const { room } = await bo.client.request('room:create', { name: 'Garden' });
    await bo.client.request('room:join', { roomId: room.id });
  },
  'goes on with another device': async (bo) => {
    const other = await server.connect('Bo', { token: bo.client.token });
    await other.request('room:join', { roomId: bo.roomId });
  },
  'loses the signal for too long': (bo) => {
    bo.client.cut();
    return Promise.resolve();
  },
  'signs out': async (bo) => {
    const headers = { authorization: `Bearer ${bo.client.token}` };
    const answer = await fetch(`${server.url}/api/guest`, { method: 'DELETE', headers });
    expect(answer.status).toBe(204);
  },
};

it.each(Object.keys(ways))('who %s hears nothing more, of sound and of notices', async (name) => {
  const owner = await server.connect('Ana');
  const { room } = await owner.request('room:create', { name: 'Square' });
  const roomId = room.id;
  const ana = await enter(owner, roomId);
  const bo = await enter(await server.connect('Bo'), roomId);
  const cyd = await enter(await server.connect('Cyd'), roomId);
  await ana.publish();
  await bo.subscribe(ana);
  await cyd.subscribe(ana);
  await bo.hears(ana);
  const listed = async (): Promise<string[]> => {
    const { snapshot } = await owner.request('room:snapshot', { roomId });
    return snapshot.participants.map(({ id }) => id);
  };
  expect(await listed()).toContain(bo.joined.participantId);
  expect(server.running.pool.counts.consumers).toBe(2);

  await ways[name]?.(bo, ana);
  await until(async () => !(await listed()).includes(bo.joined.participantId), 'out of the list');
  expect(server.running.pool.counts.consumers).toBe(1);
  bo.client.forget();
  bo.forget();
  await owner.request('chat:send', { roomId, text: 'between us' });
  await cyd.hears(ana);
  await cyd.client.next('chat:message', ({ text }) => text === 'between us');
  expect(bo.heardCount).toBe(0);
  const ofTheRoom = bo.client.received.filter(({ payload }) =>
    JSON.stringify(payload).includes(roomId),
  );
  expect(ofTheRoom).toEqual([]);
});

it('sees everyone who can hear in the list, also somebody whose signal is away', async () => {
  const waiting = await startTestServer();
  try {
    const owner = await waiting.connect('Ana');
    const { room } = await owner.request('room:create', { name: 'Square' });
    const roomId = room.id;
    const ana = await enter(owner, roomId);
    const bo = await enter(await waiting.connect('Bo'), roomId);
    await ana.publish();
    await bo.subscribe(ana);
    bo.client.cut();
    // The sound goes on for those whose signal is lost for a moment; everyone can see that.
    await owner.next('room:participant-changed', ({ participant }) => participant.away);
    await bo.hears(ana);
    const { snapshot } = await owner.request('room:snapshot', { roomId });
    expect(snapshot.participants.map(({ id }) => id)).toContain(bo.joined.participantId);
  } finally {
    await waiting.stop();
  }
});
