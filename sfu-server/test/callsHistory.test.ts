/** What calls leave behind: everybody's list, missed calls, and what a restart makes of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endsAt, hangUp, initiate, ring, settle, talk } from './support/calling.ts';
import { spawnServer, urlOf } from './support/process.ts';
import { TestClient } from './support/testClient.ts';
import { nothingIsLeft, startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  await nothingIsLeft(server.running);
  await server.reset();
});
afterAll(() => server.stop());

const entriesOf = async (client: TestClient) => (await client.request('call:history', {})).entries;

describe('the list of calls', () => {
  it('has each call on both sides, newest first', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const answered = await talk(ana, bo);
    await hangUp(bo, answered);
    const rejected = await ring(ana, bo);
    await bo.request('call:reject', { callId: rejected });
    const cancelled = await ring(bo, ana);
    await bo.request('call:end', { callId: cancelled });
    const toBo = { id: bo.welcome.user.id, name: 'Bo' };
    const toAna = { id: ana.welcome.user.id, name: 'Ana' };
    const hers = await entriesOf(ana);
    expect(hers).toMatchObject([
      { callId: cancelled, direction: 'missed', peer: toBo, reason: 'cancelled', seen: false },
      { callId: rejected, direction: 'placed', peer: toBo, reason: 'rejected', seen: true },
      { callId: answered, direction: 'placed', peer: toBo, reason: 'hangup', seen: true },
    ]);
    expect(await entriesOf(bo)).toMatchObject([
      { callId: cancelled, direction: 'placed', peer: toAna, reason: 'cancelled', seen: true },
      { callId: rejected, direction: 'received', peer: toAna, reason: 'rejected', seen: true },
      { callId: answered, direction: 'received', peer: toAna, reason: 'hangup', seen: true },
    ]);
    expect(hers.map(({ durationMs }) => durationMs > 0)).toEqual([false, false, true]);
    expect(hers[0]?.at).toBeGreaterThanOrEqual(hers[1]?.at ?? 0);
  });

  it('comes in pages', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    bo.disconnect();
    const placed: string[] = [];
    for (let index = 0; index < 60; index++) placed.unshift(await initiate(ana, bo));
    const first = await ana.request('call:history', {});
    expect(first.entries).toHaveLength(50);
    const second = await ana.request('call:history', { cursor: first.next ?? '' });
    expect(second.next).toBeUndefined();
    const all = [...first.entries, ...second.entries].map(({ callId }) => callId);
    // Within a millisecond the order is anybody's.
    expect([...all].sort()).toEqual([...placed].sort());
    expect(await ana.outcome('call:history', { cursor: 'nonsense' })).toBe('BAD_REQUEST');
  });

  it('is one’s own, under the present names', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    await hangUp(ana, await talk(ana, bo));
    const response = await fetch(`${server.url}/api/guest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bo.token}` },
      body: JSON.stringify({ name: 'Boris' }),
    });
    expect(response.status).toBe(201);
    expect((await entriesOf(ana))[0]?.peer.name).toBe('Boris');
    expect(await entriesOf(cyd)).toEqual([]);
  });

  it('counts missed calls until they are seen', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    bo.disconnect();
    await initiate(ana, bo);
    await initiate(ana, bo);
    const back = await server.connect('Bo', { token: bo.token });
    expect(back.welcome.missedCalls).toBe(2);
    const phone = await server.connect('Bo', { token: bo.token });
    expect(phone.welcome.missedCalls).toBe(2);
    await phone.request('call:history-seen', {});
    expect((await entriesOf(phone)).map(({ seen }) => seen)).toEqual([true, true]);
    phone.disconnect();
    const again = await server.connect('Bo', { token: bo.token });
    expect(again.welcome.missedCalls).toBe(0);
    expect((await ana.request('call:history', {})).entries).toHaveLength(2);
  });
});

describe('a restart of the server', () => {
  it('without a word ends every call, in the history too, and tells its devices once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'veche-test-'));
    const first = spawnServer({ DATA_DIR: directory });
    const url = await urlOf(first);
    const names = ['Ana', 'Bo', 'Cyd', 'Dan'];
    const clients = await Promise.all(names.map((name) => TestClient.connect(url, { name })));
    const [ana, bo, cyd, dan] = clients;
    if (!ana || !bo || !cyd || !dan) throw new Error('not all are here');
    const active = await talk(ana, bo);
    const ringing = await ring(cyd, dan);
    first.child.kill('SIGKILL');
    await first.ended();
    const second = spawnServer({ DATA_DIR: directory });
    try {
      const newUrl = await urlOf(second);
      const comeBack = ({ token, deviceId }: TestClient) =>
        TestClient.connect(newUrl, { name: '', token, deviceId });
      const other = await TestClient.connect(newUrl, { name: '', token: ana.token });
      for (const [client, callId] of [
        [ana, active],
        [bo, active],
        [cyd, ringing],
        [dan, ringing],
      ] as const) {
        const back = await comeBack(client);
        expect(back.welcome).toMatchObject({ call: null, missedCalls: client === dan ? 1 : 0 });
        expect(await back.next('call:error')).toMatchObject({ callId, code: 'server_restart' });
        for (const name of ['call:answer', 'call:reject', 'call:end'] as const) {
          const { call } = await back.request(name, { callId });
          expect(call).toMatchObject({ id: callId, state: 'ended', reason: 'server_restart' });
        }
        expect(await back.outcome('room:join', { callId })).toBe('INVALID_STATE');
        const [entry] = await entriesOf(back);
        expect(entry).toMatchObject({ callId, reason: 'server_restart', durationMs: 0 });
        const once = await comeBack(client);
        await settle(once);
        expect(once.all('call:error')).toEqual([]);
        once.disconnect();
      }
      await settle(other);
      expect(other.all('call:error')).toEqual([]);
      // All of them can call again.
      const [one, two] = [await comeBack(ana), await comeBack(cyd)];
      await hangUp(two, await talk(one, two));
      for (const client of [one, two, other]) client.disconnect();
    } finally {
      for (const client of clients) client.disconnect();
      second.child.kill('SIGTERM');
      expect(await second.ended()).toBe(0);
      rmSync(directory, { recursive: true });
    }
  }, 60_000);

  it('in order tells both before it goes', async () => {
    const ending = await startTestServer();
    const ana = await ending.connect('Ana');
    const bo = await ending.connect('Bo');
    const callId = await talk(ana, bo);
    await ending.running.close();
    for (const client of [ana, bo]) {
      await client.next('call:end');
      expect(endsAt(client, callId)).toEqual(['server_restart']);
    }
  });
});
