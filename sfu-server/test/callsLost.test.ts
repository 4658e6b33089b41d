/** Calls whose people lose their signal, over real sockets: who waits for whom, and how it ends. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endsAt, hangUp, idOf, initiate, ring, settle, talk } from './support/calling.ts';
import type { TestClient } from './support/testClient.ts';
import { nothingIsLeft, startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

/** The real ones, made a tenth to a twentieth as long. */
const calls = { graceMs: 900, ringingGraceMs: 500, deliberateGraceMs: 250 };
/** How much later than due a busy machine may be. */
const SLACK_MS = 1500;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ calls });
});
afterEach(async () => {
  await nothingIsLeft(server.running);
  await server.reset();
});
afterAll(() => server.stop());

const comesBack = (client: TestClient): Promise<TestClient> =>
  server.connect('again', { token: client.token, deviceId: client.deviceId });

/** How long after `act` the call is over at this client. */
const endsAfter = async (client: TestClient, callId: string, act: () => void): Promise<number> => {
  const at = performance.now();
  act();
  await client.next('call:end', (notice) => notice.callId === callId);
  return performance.now() - at;
};

const missed = async (client: TestClient) =>
  (await client.request('call:history', {})).entries.filter(
    ({ direction }) => direction === 'missed',
  );

describe('in an active call', () => {
  it('a closed page ends it after the short grace; both are free (S4)', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    const callId = await talk(ana, bo);
    const took = await endsAfter(ana, callId, () => {
      bo.disconnect();
    });
    expect(took).toBeGreaterThanOrEqual(calls.deliberateGraceMs - 5);
    expect(took).toBeLessThan(calls.graceMs);
    expect(ana.all('call:reconnecting')).toEqual([
      { callId, userId: bo.welcome.user.id, deadlineMs: calls.deliberateGraceMs },
    ]);
    expect(endsAt(ana, callId)).toEqual(['connection_lost']);
    const back = await comesBack(bo);
    expect(back.welcome.call).toBeNull();
    // Both can be called again at once.
    await hangUp(ana, await talk(ana, cyd));
    await hangUp(back, await talk(cyd, back));
  });

  it('a lost network is waited for, and then ends it', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await talk(ana, bo);
    const took = await endsAfter(bo, callId, () => {
      ana.cut();
    });
    expect(took).toBeGreaterThanOrEqual(calls.graceMs - 5);
    expect(took).toBeLessThan(calls.graceMs + SLACK_MS);
    expect(bo.all('call:reconnecting')).toEqual([
      { callId, userId: idOf(ana), deadlineMs: calls.graceMs },
    ]);
    expect(endsAt(bo, callId)).toEqual(['connection_lost']);
    const { entries } = await bo.request('call:history', {});
    expect(entries[0]).toMatchObject({ callId, direction: 'received', reason: 'connection_lost' });
    expect(entries[0]?.durationMs).toBeGreaterThanOrEqual(calls.graceMs - 5);
  });

  it('a return in time keeps it, after a cut and after a reload', async () => {
    const ana = await server.connect('Ana');
    let bo = await server.connect('Bo');
    const callId = await talk(ana, bo);
    for (const how of ['cut', 'disconnect'] as const) {
      const told = ana.all('call:reconnecting').length;
      bo[how]();
      await until(() => ana.all('call:reconnecting').length > told, 'the loss is told');
      bo = await comesBack(bo);
      expect(bo.welcome.call).toMatchObject({ id: callId, state: 'active' });
      expect(await bo.outcome('room:join', { callId })).toBe('ok');
      await ana.next('call:reconnecting', ({ deadlineMs }) => deadlineMs === null);
    }
    expect(ana.all('call:reconnecting').map(({ deadlineMs }) => deadlineMs)).toEqual([
      calls.graceMs,
      null,
      calls.deliberateGraceMs,
      null,
    ]);
    await hangUp(bo, callId);
    await ana.next('call:end');
    expect(endsAt(ana, callId)).toEqual(['hangup']);
  });

  it('who comes back learns that the other is away', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await talk(ana, bo);
    bo.cut();
    await ana.next('call:reconnecting');
    ana.cut();
    const again = await comesBack(ana);
    const { userId, deadlineMs } = await again.next('call:reconnecting');
    expect(userId).toBe(idOf(bo));
    expect(deadlineMs).toBeLessThanOrEqual(calls.graceMs);
    await again.next('call:end');
    expect(endsAt(again, callId)).toEqual(['connection_lost']);
  });

  it('a replaced connection whose end is noticed late changes nothing', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await talk(ana, bo);
    const newer = await comesBack(bo);
    await bo.next('replaced');
    await until(() => bo.socket.disconnected, 'the old connection is over');
    expect(newer.welcome.call).toMatchObject({ id: callId, state: 'active' });
    await settle(ana, newer);
    expect(ana.all('call:reconnecting')).toEqual([]);
    await hangUp(newer, callId);
    expect((await ana.next('call:end')).reason).toBe('hangup');
  });

  it('another device of somebody who talks may go as it likes', async () => {
    const ana = await server.connect('Ana');
    const laptop = await server.connect('Ana', { token: ana.token });
    const bo = await server.connect('Bo');
    const phone = await server.connect('Bo', { token: bo.token });
    const callId = await talk(ana, bo);
    laptop.disconnect();
    phone.cut();
    await until(
      () => laptop.socket.disconnected && phone.socket.disconnected,
      'both are gone from here',
    );
    await settle(ana, bo);
    expect([...ana.all('call:reconnecting'), ...bo.all('call:reconnecting')]).toEqual([]);
    await hangUp(ana, callId);
  });
});

describe('while it rings', () => {
  it('a lost caller is waited for, and then nothing rings any more', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    const took = await endsAfter(bo, callId, () => {
      ana.cut();
    });
    expect(took).toBeGreaterThanOrEqual(calls.ringingGraceMs - 5);
    expect(took).toBeLessThan(calls.ringingGraceMs + SLACK_MS);
    expect(endsAt(bo, callId)).toEqual(['caller_gone']);
    expect(await missed(bo)).toMatchObject([{ callId, reason: 'caller_gone', seen: false }]);
  });

  it('a caller who comes back in time goes on calling', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    ana.cut();
    await bo.next('call:reconnecting');
    const again = await comesBack(ana);
    expect(again.welcome.call).toMatchObject({ id: callId, state: 'ringing' });
    await bo.next('call:reconnecting', ({ deadlineMs }) => deadlineMs === null);
    await bo.request('call:answer', { callId });
    await again.next('call:answer');
    await hangUp(again, callId);
  });

  it('an answer while the caller is away says so', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    ana.cut();
    await bo.next('call:reconnecting');
    await bo.request('call:answer', { callId });
    await until(() => bo.all('call:reconnecting').length === 2, 'it is told again');
    expect(bo.received.at(-1)?.name).toBe('call:reconnecting');
    await bo.next('call:end');
    expect(endsAt(bo, callId)).toEqual(['connection_lost']);
  });

  it('the callee’s last device that is lost ends it, and leaves a missed call', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const phone = await server.connect('Bo', { token: bo.token });
    const callId = await ring(ana, bo, phone);
    phone.cut();
    await until(() => phone.socket.disconnected, 'one is gone');
    await settle(ana);
    expect(ana.all('call:reconnecting')).toEqual([]);
    const took = await endsAfter(ana, callId, () => {
      bo.cut();
    });
    expect(took).toBeGreaterThanOrEqual(calls.ringingGraceMs - 5);
    expect(endsAt(ana, callId)).toEqual(['connection_lost']);
    expect(ana.all('call:reconnecting')).toHaveLength(1);
    const back = await comesBack(bo);
    expect(back.welcome).toMatchObject({ call: null, missedCalls: 1 });
    expect(await missed(back)).toMatchObject([{ callId, reason: 'connection_lost' }]);
  });

  it('a device of the callee that comes back in time rings again', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const callId = await ring(ana, bo);
    bo.disconnect();
    await ana.next('call:reconnecting');
    const back = await comesBack(bo);
    await back.next('call:offer');
    await ana.next('call:reconnecting', ({ deadlineMs }) => deadlineMs === null);
    await back.request('call:reject', { callId });
    await ana.next('call:rejected');
    expect(endsAt(back, callId)).toEqual(['rejected']);
  });
});

describe('without any grace', () => {
  it('a lost signal ends the call in the same moment, and frees both', async () => {
    const strict = await startTestServer({
      calls: { graceMs: 0, ringingGraceMs: 0, deliberateGraceMs: 0 },
    });
    try {
      const ana = await strict.connect('Ana');
      const cyd = await strict.connect('Cyd');
      for (const how of ['cut', 'disconnect'] as const) {
        const bo = await strict.connect('Bo');
        const callId = await talk(ana, bo);
        bo[how]();
        await ana.next('call:end', (notice) => notice.callId === callId);
        // No sooner told than free.
        const next = await initiate(ana, cyd);
        await cyd.next('call:offer', (offer) => offer.callId === next);
        await cyd.request('call:reject', { callId: next });
        expect(endsAt(ana, callId)).toEqual(['connection_lost']);
        const rings = await strict.connect('Bo');
        const ringing = await ring(rings, ana);
        rings[how]();
        await ana.next('call:end', (notice) => notice.callId === ringing);
        expect(endsAt(ana, ringing)).toEqual(['caller_gone']);
      }
      expect(ana.all('call:reconnecting')).toEqual([]);
      await nothingIsLeft(strict.running);
    } finally {
      await strict.stop();
    }
  });
});
