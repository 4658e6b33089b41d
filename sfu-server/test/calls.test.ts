/** 1:1 calls over real sockets: who rings, who is told what, and what is left of it. */
import { requests } from '@veche/protocol';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { answered, endsAt, hangUp, idOf, initiate, ring, settle, talk } from './support/calling.ts';
import { nothingIsLeft, startTestServer } from './support/testServer.ts';
import type { TestClient } from './support/testClient.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const LogLine = z.looseObject({ msg: z.string(), callId: z.optional(z.string()) });
type LogLine = z.output<typeof LogLine>;

let server: TestServer;
const lines: LogLine[] = [];
const logged = (callId: string): LogLine[] => lines.filter((line) => line.callId === callId);

beforeAll(async () => {
  const write = (line: string): void => {
    lines.push(LogLine.parse(JSON.parse(line)));
  };
  server = await startTestServer({}, pino({ level: 'info' }, { write }));
});
afterEach(async () => {
  // Each test ends its own calls: then nobody is claimed, and nothing is waited for.
  await nothingIsLeft(server.running);
  await server.reset();
});
afterAll(() => server.stop());

describe('a call', () => {
  it('rings, is answered and ended; both are busy meanwhile and free afterwards (S1)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    await cyd.request('people:watch', { userIds: [idOf(ana), idOf(bo)] });
    const callId = await ring(ana, bo);
    const offer = await bo.next('call:offer');
    expect(offer).toMatchObject({ callId, from: ana.welcome.user, media: 'audio' });
    expect(offer.expiresAt - Date.now()).toBeGreaterThan(40_000);
    for (const client of [ana, bo]) {
      await cyd.next('presence:changed', ({ people }) =>
        people.some(({ id, presence }) => id === idOf(client) && presence === 'busy'),
      );
    }
    const { call } = await bo.request('call:answer', { callId });
    expect(call).toMatchObject({
      id: callId,
      state: 'active',
      caller: ana.welcome.user,
      callee: bo.welcome.user,
    });
    expect((await answered(ana, callId)).call).toEqual(call);
    expect((await answered(bo, callId)).call).toEqual(call);
    expect(server.running.calls.counts).toMatchObject({ active: 1, claims: 2 });
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
    expect(await metrics()).toContain('veche_calls{state="active"} 1');
    cyd.forget();
    const over = await ana.request('call:end', { callId });
    expect(over.call).toMatchObject({ state: 'ended', reason: 'hangup' });
    await bo.next('call:end');
    await settle(ana, bo);
    expect(endsAt(ana, callId)).toEqual(['hangup']);
    expect(endsAt(bo, callId)).toEqual(['hangup']);
    const people = await cyd.request('people:watch', { userIds: [idOf(ana), idOf(bo)] });
    expect(people.people.map(({ presence }) => presence)).toEqual(['online', 'online']);
    expect(await metrics()).toContain('veche_calls_ended_total{reason="hangup"} 1');
    expect(logged(callId).map(({ msg }) => msg)).toEqual([
      'Call initiated',
      'Call answered',
      'Call ended',
    ]);
    expect(logged(callId)[2]).toMatchObject({
      callId,
      callerId: idOf(ana),
      calleeId: idOf(bo),
      reason: 'hangup',
    });
  });

  it('to somebody busy is told to the caller, and nothing at all to the other (S2)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    const callId = await talk(bo, cyd);
    const before = bo.received.length;
    const blocked = await initiate(ana, bo);
    expect(await ana.next('call:busy')).toMatchObject({
      callId: blocked,
      userId: idOf(bo),
      party: 'callee',
      message: 'User is busy with another call',
    });
    // It is the same while it rings.
    await initiate(ana, cyd);
    await settle(bo, cyd);
    expect(bo.received.slice(before).map(({ name }) => name)).toEqual([]);
    expect(cyd.all('call:offer').map((offer) => offer.callId)).toEqual([callId]);
    expect(logged(blocked).map(({ msg }) => msg)).toEqual(['Call blocked - user busy']);
    const { entries } = await bo.request('call:history', {});
    expect(entries[0]).toMatchObject({ callId: blocked, direction: 'missed', reason: 'busy' });
    // The other call goes on.
    await hangUp(bo, callId);
    expect(endsAt(bo, callId)).toEqual(['hangup']);
  });

  it('to somebody offline is not placed (S3)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    // Before he goes, so that it is told of.
    await ana.request('people:watch', { userIds: [idOf(bo)] });
    bo.disconnect();
    await ana.next('presence:changed', ({ people }) => people[0]?.presence === 'offline');
    const callId = await initiate(ana, bo);
    expect(await ana.next('call:error')).toMatchObject({
      callId,
      code: 'offline',
      message: 'User is offline',
    });
    expect(await ana.outcome('call:end', { callId })).toBe('NOT_FOUND');
    const back = await server.connect('Bo', { token: bo.token });
    expect(back.welcome.missedCalls).toBe(1);
  });

  it('is refused to oneself and to nobody', async () => {
    const ana = await server.connect('Ana');
    const callId = await initiate(ana, ana);
    expect(await ana.next('call:error')).toMatchObject({ callId, code: 'self' });
    const nobody = { to: 'nobody', media: 'audio', key: 'key' };
    expect(await ana.outcome('call:initiate', nobody)).toBe('NOT_FOUND');
    expect((await ana.request('call:history', {})).entries).toEqual([]);
  });

  it('by somebody who is in one is not placed (S6)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    const callId = await talk(ana, bo);
    const blocked = await initiate(ana, cyd);
    expect(await ana.next('call:busy')).toMatchObject({
      callId: blocked,
      userId: idOf(ana),
      party: 'caller',
    });
    await settle(cyd);
    expect(cyd.all('call:offer')).toEqual([]);
    expect((await cyd.request('call:history', {})).entries).toEqual([]);
    await hangUp(ana, callId);
  });

  it('is rejected, on every device (S5)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const phone = await server.connect('Bo', { token: bo.token });
    const callId = await ring(ana, bo, phone);
    const { call } = await phone.request('call:reject', { callId });
    expect(call).toMatchObject({ state: 'ended', reason: 'rejected' });
    for (const client of [ana, bo, phone]) await client.next('call:rejected');
    await settle(ana, bo, phone);
    for (const client of [ana, bo, phone]) expect(endsAt(client, callId)).toEqual(['rejected']);
    expect(await ana.outcome('call:answer', { callId })).toBe('ok');
  });

  it('is given up by its caller', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    await ana.request('call:end', { callId });
    await bo.next('call:end');
    await settle(ana, bo);
    for (const client of [ana, bo]) expect(endsAt(client, callId)).toEqual(['cancelled']);
    const { call } = await bo.request('call:answer', { callId });
    expect(call).toMatchObject({ state: 'ended', reason: 'cancelled' });
  });

  it('can only be dealt with by those whom it concerns', async () => {
    const ana = await server.connect('Ana');
    const laptop = await server.connect('Ana', { token: ana.token });
    const bo = await server.connect('Bo');
    const mallory = await server.connect('Mallory');
    const callId = await ring(ana, bo);
    for (const name of ['call:answer', 'call:reject', 'call:end']) {
      expect(await mallory.outcome(name, { callId }), name).toBe('NOT_FOUND');
      expect(await laptop.outcome(name, { callId }), name).toBe('INVALID_STATE');
    }
    expect(await ana.outcome('call:answer', { callId })).toBe('INVALID_STATE');
    expect(await ana.outcome('call:reject', { callId })).toBe('INVALID_STATE');
    expect(await bo.outcome('call:end', { callId })).toBe('INVALID_STATE');
    await bo.request('call:answer', { callId });
    expect(await laptop.outcome('call:end', { callId })).toBe('INVALID_STATE');
    expect(await mallory.outcome('call:end', { callId })).toBe('NOT_FOUND');
    await hangUp(bo, callId);
  });
});

describe('several devices', () => {
  it('ring, one answers, and the others stop', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const phone = await server.connect('Bo', { token: bo.token });
    const callId = await ring(ana, bo, phone);
    // Both at once: the first one wins.
    const [one, two] = await Promise.all([
      bo.request('call:answer', { callId }),
      phone.request('call:answer', { callId }),
    ]);
    const [winner, loser] = one.call.state === 'active' ? [bo, phone] : [phone, bo];
    expect([one, two].map(({ call }) => call.state).sort()).toEqual(['active', 'ended']);
    expect((one.call.state === 'ended' ? one : two).call.reason).toBe('answered_elsewhere');
    await loser.next('call:end');
    await answered(ana, callId);
    expect(ana.all('call:answer')).toHaveLength(1);
    // What the loser does now harms nobody.
    await loser.request('call:reject', { callId });
    expect((await loser.request('call:end', { callId })).call.reason).toBe('answered_elsewhere');
    loser.disconnect();
    expect((await winner.request('call:answer', { callId })).call.state).toBe('active');
    await hangUp(winner, callId);
    await ana.next('call:end');
    await settle(winner);
    expect(endsAt(loser, callId)).toEqual(['answered_elsewhere']);
    expect(endsAt(winner, callId)).toEqual(['hangup']);
    expect(endsAt(ana, callId)).toEqual(['hangup']);
  });

  it('that connect while it rings ring too', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    const phone = await server.connect('Bo', { token: bo.token });
    expect(phone.welcome.call).toMatchObject({ id: callId, state: 'ringing' });
    await phone.next('call:offer');
    expect(phone.received.map(({ name }) => name)).toEqual(['welcome', 'call:offer']);
    const laptop = await server.connect('Ana', { token: ana.token });
    expect(laptop.welcome.call).toBeNull();
    await phone.request('call:answer', { callId });
    await bo.next('call:end');
    expect(endsAt(bo, callId)).toEqual(['answered_elsewhere']);
    await hangUp(ana, callId);
  });
});

describe('each calling the other', () => {
  it('connects the two', async () => {
    const ana = await server.connect('Ana');
    const phone = await server.connect('Ana', { token: ana.token });
    const bo = await server.connect('Bo');
    const callId = await ring(bo, ana, phone);
    expect(await initiate(ana, bo)).toBe(callId);
    for (const client of [ana, bo]) {
      expect((await answered(client, callId)).call).toMatchObject({
        state: 'active',
        caller: bo.welcome.user,
      });
    }
    await phone.next('call:end');
    expect(endsAt(phone, callId)).toEqual(['answered_elsewhere']);
    expect(bo.all('call:offer')).toEqual([]);
    await hangUp(ana, callId);
    await bo.next('call:end');
    expect(endsAt(bo, callId)).toEqual(['hangup']);
  });

  it('in the same moment is one call', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    for (let round = 0; round < 20; round++) {
      const [one, two] = await Promise.all([initiate(ana, bo), initiate(bo, ana)]);
      expect(one).toBe(two);
      await answered(ana, one);
      await answered(bo, one);
      await hangUp(round % 2 === 0 ? ana : bo, one);
      await settle(ana, bo);
      expect(endsAt(ana, one)).toEqual(['hangup']);
      expect(endsAt(bo, one)).toEqual(['hangup']);
    }
    expect([...ana.all('call:busy'), ...bo.all('call:busy')]).toEqual([]);
  });
});

describe('a repeated key', () => {
  it('is the same call, and tells its outcome again', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const key = 'mine';
    const [callId, again] = await Promise.all([
      initiate(ana, bo, { key }),
      initiate(ana, bo, { key }),
    ]);
    expect(again).toBe(callId);
    await bo.next('call:offer');
    await bo.request('call:answer', { callId });
    await answered(ana, callId);
    expect(await initiate(ana, bo, { key })).toBe(callId);
    await until(() => ana.all('call:answer').length === 2, 'the answer is told again');
    await hangUp(bo, callId);
    await ana.next('call:end');
    expect(await initiate(ana, bo, { key })).toBe(callId);
    await settle(ana, bo);
    expect(endsAt(ana, callId)).toEqual(['hangup', 'hangup']);
    expect(bo.all('call:offer')).toHaveLength(1);
    // The key is Ana's own: Bo's is another call.
    const other = await initiate(bo, ana, { key });
    expect(other).not.toBe(callId);
    await ana.next('call:offer');
    await ana.request('call:reject', { callId: other });
  });

  it('also of an attempt that was not placed', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    const callId = await talk(bo, cyd);
    const blocked = await initiate(ana, bo, { key: 'mine' });
    expect(await initiate(ana, bo, { key: 'mine' })).toBe(blocked);
    await settle(ana);
    expect(endsAt(ana, blocked)).toEqual(['busy: callee', 'busy: callee']);
    const { entries } = await bo.request('call:history', {});
    expect(entries.filter(({ reason }) => reason === 'busy')).toHaveLength(1);
    await hangUp(bo, callId);
  });
});

it('never tells the outcome before the ack', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  /** What this client gets from now on, acks among the notices. */
  const orderAt = (client: TestClient) => {
    const order: string[] = [];
    client.socket.onAny((name: string) => order.push(name));
    const ask = (name: string, payload: object): Promise<unknown> =>
      new Promise((resolve) => {
        // The bare callback: a promise would settle after notices that came in the same read.
        client.socket.emit(name, payload, (answer: { data: unknown }) => {
          order.push('ack');
          resolve(answer.data);
        });
      });
    return { order, ask };
  };
  const hers = orderAt(ana);
  const his = orderAt(bo);
  await hers.ask('call:initiate', { to: idOf(ana), media: 'audio', key: 'self' });
  await ana.next('call:error');
  const placed = await hers.ask('call:initiate', { to: idOf(bo), media: 'audio', key: 'bo' });
  const { callId } = requests['call:initiate'].data.parse(placed);
  await bo.next('call:offer');
  await his.ask('call:answer', { callId });
  await answered(bo, callId);
  await answered(ana, callId);
  await hers.ask('call:end', { callId });
  await ana.next('call:end');
  await bo.next('call:end');
  expect(hers.order).toEqual([
    ...['ack', 'call:error'],
    ...['ack', 'call:answer'],
    ...['ack', 'call:end'],
  ]);
  expect(his.order).toEqual(['call:offer', 'ack', 'call:answer', 'call:end']);
});

describe('with strict limits', () => {
  it('nobody answers for 45 s: both are told, on every device', async () => {
    const strict = await startTestServer({ calls: { ringMs: 300 } });
    try {
      const ana = await strict.connect('Ana');
      const bo = await strict.connect('Bo');
      const phone = await strict.connect('Bo', { token: bo.token });
      const callId = await ring(ana, bo, phone);
      for (const client of [ana, bo, phone]) await client.next('call:no-answer');
      await settle(ana, bo, phone);
      for (const client of [ana, bo, phone]) expect(endsAt(client, callId)).toEqual(['no_answer']);
      await nothingIsLeft(strict.running);
    } finally {
      await strict.stop();
    }
  });

  it('calls per minute, and in vain to the same person, are limited', async () => {
    const strict = await startTestServer({
      calls: { maxUnansweredInRow: 2 },
      limits: { initiatesPerMinute: 10 },
    });
    try {
      const ana = await strict.connect('Ana');
      const bo = await strict.connect('Bo');
      const cyd = await strict.connect('Cyd');
      const inVain = async (): Promise<void> => {
        const callId = await ring(ana, bo);
        await bo.request('call:reject', { callId });
        await ana.next('call:rejected', (notice) => notice.callId === callId);
      };
      const attempt = () =>
        ana.outcome('call:initiate', { to: idOf(bo), media: 'audio', key: String(Math.random()) });
      await inVain();
      await inVain();
      expect(await attempt()).toBe('RATE_LIMITED');
      // Others may be called, and one answer makes good for it, in either direction.
      await hangUp(ana, await talk(ana, cyd));
      await hangUp(ana, await talk(bo, ana));
      await inVain();
      expect(await attempt()).toBe('ok');
      const [last] = bo.all('call:offer').slice(-1);
      await ana.request('call:end', { callId: last?.callId ?? '' });
      expect(await attempt()).toBe('RATE_LIMITED');
      // However they end, ten in a minute are enough.
      const self = (key: number) =>
        cyd.outcome('call:initiate', { to: idOf(cyd), media: 'audio', key: String(key) });
      for (let key = 0; key < 10; key++) expect(await self(key)).toBe('ok');
      expect(await self(10)).toBe('RATE_LIMITED');
      await nothingIsLeft(strict.running);
    } finally {
      await strict.stop();
    }
  });

  it('no call is placed while the server goes down, and running ones go on', async () => {
    const strict = await startTestServer();
    try {
      const ana = await strict.connect('Ana');
      const bo = await strict.connect('Bo');
      const cyd = await strict.connect('Cyd');
      const callId = await talk(ana, bo);
      strict.running.drain();
      const attempt = { to: idOf(ana), media: 'audio', key: 'key' };
      expect(await cyd.outcome('call:initiate', attempt)).toBe('UNAVAILABLE');
      expect(await ana.outcome('room:join', { callId })).toBe('ok');
      await hangUp(ana, callId);
      await nothingIsLeft(strict.running);
    } finally {
      await strict.stop();
    }
  });
});
