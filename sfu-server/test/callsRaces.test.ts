/** What happens at the same time, over real sockets: the server's order decides, for both alike. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { answered, endsAt, idOf, initiate, race, ring, settle, talk } from './support/calling.ts';
import { nothingIsLeft, startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

/** Of each race. */
const ROUNDS = 60;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  await nothingIsLeft(server.running);
  await server.reset();
});
afterAll(() => server.stop());

it('cancel against answer: one outcome, the same for both', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const outcomes = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring(ana, bo);
    const [, { call }] = await race(
      () => ana.request('call:end', { callId }),
      () => bo.request('call:answer', { callId }),
    );
    await ana.next('call:end', (notice) => notice.callId === callId);
    await bo.next('call:end', (notice) => notice.callId === callId);
    await settle(ana, bo);
    // Answered first, the cancel is a hang-up; otherwise there is nothing to answer.
    const reason = call.state === 'active' ? 'hangup' : 'cancelled';
    expect(endsAt(ana, callId)).toEqual([reason]);
    expect(endsAt(bo, callId)).toEqual([reason]);
    const wasAnswered = (client: typeof ana): boolean =>
      client.all('call:answer').some((notice) => notice.callId === callId);
    expect(wasAnswered(ana)).toBe(reason === 'hangup');
    expect(wasAnswered(bo)).toBe(reason === 'hangup');
    outcomes.add(reason);
  }
  expect(outcomes.size).toBe(2);
});

it('reject on one device against answer on another: never kills a good call', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const phone = await server.connect('Bo', { token: bo.token });
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring(ana, bo, phone);
    const [{ call }] = await race(
      () => bo.request('call:answer', { callId }),
      () => phone.request('call:reject', { callId }),
    );
    if (call.state === 'active') {
      await phone.next('call:end', (notice) => notice.callId === callId);
      expect((await bo.request('call:answer', { callId })).call.state).toBe('active');
      await bo.request('call:end', { callId });
    }
    await settle(ana, bo, phone);
    const rejected = call.state === 'ended';
    expect(endsAt(phone, callId)).toEqual([rejected ? 'rejected' : 'answered_elsewhere']);
    for (const client of [ana, bo]) {
      expect(endsAt(client, callId)).toEqual([rejected ? 'rejected' : 'hangup']);
    }
  }
});

it('each calls the other: always one call', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  for (let round = 0; round < ROUNDS; round++) {
    const [hers, his] = await race(
      () => initiate(ana, bo),
      () => initiate(bo, ana),
    );
    expect(hers).toBe(his);
    await answered(ana, hers);
    await answered(bo, hers);
    await Promise.all([
      ana.request('call:end', { callId: hers }),
      bo.request('call:end', { callId: hers }),
    ]);
    await settle(ana, bo);
    expect(endsAt(ana, hers)).toEqual(['hangup']);
    expect(endsAt(bo, hers)).toEqual(['hangup']);
  }
});

it('two call the same person: one rings, the other reads busy', async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const cyd = await server.connect('Cyd');
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await race(
      () => initiate(ana, cyd),
      () => initiate(bo, cyd),
    );
    const offer = await cyd.next('call:offer', ({ callId }) => ids.includes(callId));
    const [winner, loser, blocked] =
      offer.callId === ids[0] ? [ana, bo, ids[1]] : [bo, ana, ids[0]];
    await settle(loser);
    expect(endsAt(loser, blocked)).toEqual(['busy: callee']);
    expect(offer.from.id).toBe(idOf(winner));
    await cyd.request('call:reject', { callId: offer.callId });
    await settle(winner, cyd);
    expect(endsAt(winner, offer.callId)).toEqual(['rejected']);
  }
  expect(cyd.all('call:offer')).toHaveLength(ROUNDS);
});

it('a page that closes against anything else: both are free', async () => {
  const strict = await startTestServer({
    calls: { graceMs: 60, ringingGraceMs: 40, deliberateGraceMs: 20 },
  });
  try {
    const ana = await strict.connect('Ana');
    for (let round = 0; round < ROUNDS; round++) {
      const bo = await strict.connect('Bo');
      const callId = round % 2 === 0 ? await ring(bo, ana) : await talk(bo, ana);
      await race(
        () => ana.outcome(round % 4 < 2 ? 'call:answer' : 'call:end', { callId }),
        () => {
          if (round % 3 === 0) bo.cut();
          else bo.disconnect();
          return Promise.resolve();
        },
      );
      await ana.next('call:end', (notice) => notice.callId === callId);
      await settle(ana);
      expect(endsAt(ana, callId)).toHaveLength(1);
    }
    await nothingIsLeft(strict.running);
  } finally {
    await strict.stop();
  }
});
