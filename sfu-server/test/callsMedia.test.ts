/** The private room of a call over real ICE, DTLS and SRTP: for exactly two devices, while it lasts. */
import type { CallId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endsAt, hangUp, ring, settle, talk } from './support/calling.ts';
import { RawPeer } from './support/rawPeer.ts';
import type { TestClient } from './support/testClient.ts';
import { nothingIsLeft, startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer({ calls: { graceMs: 2000 } });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await nothingIsLeft(server.running);
  await server.reset();
});
afterAll(() => server.stop());

const join = async (client: TestClient, callId: CallId): Promise<RawPeer> => {
  const peer = await RawPeer.joinCall(client, callId);
  peers.push(peer);
  return peer;
};

/** Two who talk, and hear each other. */
const hearing = async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const callId = await talk(ana, bo);
  const one = await join(ana, callId);
  const two = await join(bo, callId);
  const hers = await one.publish();
  const his = await two.publish();
  await one.subscribe([his]);
  await two.subscribe([hers]);
  await Promise.all([one.unmute(), two.unmute()]);
  return { ana, bo, callId, one, two };
};

const hearEachOther = async (one: RawPeer, two: RawPeer, words: string): Promise<void> => {
  one.say(Buffer.from(`one: ${words}`));
  two.say(Buffer.from(`two: ${words}`));
  await two.hears(Buffer.from(`one: ${words}`));
  await one.hears(Buffer.from(`two: ${words}`));
};

describe('the media of a call', () => {
  it('flows both ways from the answer to the end, and nothing of it is left (S1)', async () => {
    const { ana, bo, callId, one, two } = await hearing();
    await hearEachOther(one, two, 'hello');
    expect(one.heard.filter(({ payload }) => String(payload).startsWith('one'))).toEqual([]);
    const { room, participants, voice } = one.joined.snapshot;
    expect(room).toMatchObject({ id: callId, visibility: 'unlisted', maxParticipants: 2 });
    expect(two.joined.snapshot.participants.map(({ role, muted }) => ({ role, muted }))).toEqual([
      { role: 'speaker', muted: true },
      { role: 'speaker', muted: true },
    ]);
    expect(participants).toHaveLength(1);
    expect(voice).toEqual({ mode: 'direct' });
    await hangUp(ana, callId);
    expect((await bo.next('call:end')).reason).toBe('hangup');
    await nothingIsLeft(server.running);
    expect(await ana.outcome('mic:set', { roomId: callId, muted: false })).toBe('NOT_FOUND');
    expect([...ana.all('removed'), ...bo.all('removed')]).toEqual([]);
  });

  it('goes on while only the signal is gone, and over the return', async () => {
    const { ana, bo, callId, one, two } = await hearing();
    bo.cut();
    await ana.next('room:participant-changed', ({ participant }) => participant.away);
    await ana.next('call:reconnecting');
    await hearEachOther(one, two, 'still here');
    const back = await server.connect('Bo', { token: bo.token, deviceId: bo.deviceId });
    const again = await back.request('room:join', { callId });
    expect(again.participantId).toBe(two.joined.participantId);
    expect(again.epoch).toBe(two.joined.epoch);
    expect(again.snapshot.participants.map(({ away }) => away)).toEqual([false, false]);
    await hearEachOther(one, two, 'back again');
    await hangUp(back, callId);
    await ana.next('call:end');
  });

  it('moves to another worker when its own dies', async () => {
    const { ana, bo, callId, one } = await hearing();
    const [worker] = server.running.pool.workers;
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    const reset = await ana.next('media:reset');
    expect(reset).toMatchObject({ roomId: callId, reason: 'worker_died' });
    expect(reset.epoch).toBeGreaterThan(one.joined.epoch);
    expect((await ana.request('room:join', { callId })).epoch).toBe(reset.epoch);
    await hangUp(bo, callId);
    await ana.next('call:end');
  });

  it('comes with the join where it is asked for', async () => {
    const { ana, bo, callId, one } = await hearing();
    const { routerRtpCapabilities: rtpCapabilities } = one.joined;
    const { media } = await ana.request('room:join', {
      callId,
      media: { rtpCapabilities, kinds: ['audio', 'video'] },
    });
    expect(media?.consumers).toHaveLength(1);
    await hangUp(bo, callId);
    await ana.next('call:end');
  });

  it('must be there in time: without it the call ends', async () => {
    const strict = await startTestServer({ calls: { mediaTimeoutMs: 400 } });
    try {
      const ana = await strict.connect('Ana');
      const bo = await strict.connect('Bo');
      // Nobody joins; only one has media; both join and have none.
      for (const who of [[], [ana], [ana, bo]]) {
        const callId = await talk(ana, bo);
        const joined = await Promise.all(who.map((client) => RawPeer.joinCall(client, callId)));
        if (joined.length === 1) await joined[0]?.publish();
        for (const client of [ana, bo]) {
          await client.next('call:end', (notice) => notice.callId === callId);
          expect(endsAt(client, callId)).toEqual(['media_failed']);
        }
        for (const peer of joined) peer.close();
        const { entries } = await bo.request('call:history', {});
        expect(entries[0]).toMatchObject({ callId, reason: 'media_failed' });
        await nothingIsLeft(strict.running);
      }
    } finally {
      await strict.stop();
    }
  });

  it('that is there in time is not asked for again', async () => {
    const strict = await startTestServer({ calls: { mediaTimeoutMs: 1000 } });
    try {
      const ana = await strict.connect('Ana');
      const bo = await strict.connect('Bo');
      const callId = await talk(ana, bo);
      const one = await RawPeer.joinCall(ana, callId);
      const two = await RawPeer.joinCall(bo, callId);
      await Promise.all([one.publish(), two.publish()]);
      await until(
        () => strict.running.calls.counts.deadlines === 0,
        'it was looked at, and is well',
      );
      expect(strict.running.calls.counts.active).toBe(1);
      one.close();
      two.close();
      await hangUp(ana, callId);
      expect((await bo.next('call:end')).reason).toBe('hangup');
      await nothingIsLeft(strict.running);
    } finally {
      await strict.stop();
    }
  });
});

describe('the room of a call', () => {
  it('is closed to everybody but the two devices, and by any other name', async () => {
    const ana = await server.connect('Ana');
    const laptop = await server.connect('Ana', { token: ana.token });
    const bo = await server.connect('Bo');
    const phone = await server.connect('Bo', { token: bo.token });
    const mallory = await server.connect('Mallory');
    const everybody = [ana, laptop, bo, phone, mallory];
    const callId = await ring(ana, bo, phone);
    const outcomes = () =>
      Promise.all(everybody.map((client) => client.outcome('room:join', { callId })));
    expect(await outcomes()).toEqual([
      'INVALID_STATE',
      'NOT_FOUND',
      'INVALID_STATE',
      'INVALID_STATE',
      'NOT_FOUND',
    ]);
    await bo.request('call:answer', { callId });
    expect(await outcomes()).toEqual(['ok', 'NOT_FOUND', 'ok', 'NOT_FOUND', 'NOT_FOUND']);
    for (const client of everybody) {
      expect(await client.outcome('room:join', { roomId: callId })).toBe('NOT_FOUND');
      expect(await client.outcome('room:delete', { roomId: callId })).toBe('NOT_FOUND');
      expect((await client.request('room:list', {})).rooms.map(({ id }) => id)).not.toContain(
        callId,
      );
    }
    for (const client of [laptop, phone, mallory]) {
      expect(await client.outcome('room:snapshot', { roomId: callId })).toBe('NOT_FOUND');
    }
    await hangUp(bo, callId);
    const answer = await ana.raw('room:join', { callId });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'INVALID_STATE', message: 'callId: the call is over: hangup' },
    });
    expect(await bo.outcome('room:join', { callId })).toBe('INVALID_STATE');
    expect(await mallory.outcome('room:join', { callId })).toBe('NOT_FOUND');
  });

  it('has no moderator', async () => {
    const { ana, bo, callId, two } = await hearing();
    const roomId = callId;
    const { participantId } = two.joined;
    expect(await ana.outcome('mod:mute', { roomId, participantId })).toBe('FORBIDDEN');
    expect(await ana.outcome('mod:remove', { roomId, participantId })).toBe('FORBIDDEN');
    expect(await ana.outcome('mod:lock', { roomId, locked: true })).toBe('FORBIDDEN');
    await hangUp(bo, callId);
    await ana.next('call:end');
  });

  it('may be left and entered again while the call lasts', async () => {
    const { ana, bo, callId, two } = await hearing();
    await bo.request('room:leave', { roomId: callId });
    await ana.next('room:participant-left');
    const again = await bo.request('room:join', { callId });
    expect(again.participantId).not.toBe(two.joined.participantId);
    await hangUp(bo, callId);
    await ana.next('call:end');
  });

  it('is held besides an ordinary one, each with media of its own', async () => {
    const cyd = await server.connect('Cyd');
    const { room } = await cyd.request('room:create', { name: 'Square' });
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const inRoom = await RawPeer.join(ana, room.id);
    const listener = await RawPeer.join(cyd, room.id);
    peers.push(inRoom, listener);
    await listener.subscribe([await inRoom.publish()]);
    await ana.request('room:hold', { roomId: room.id, held: true });
    const callId = await talk(bo, ana);
    const [one, two] = [await join(ana, callId), await join(bo, callId)];
    const [hers, his] = [await one.publish(), await two.publish()];
    await Promise.all([one.subscribe([his]), two.subscribe([hers])]);
    await Promise.all([one.unmute(), two.unmute()]);
    await hearEachOther(one, two, 'in the call');
    await hangUp(ana, callId);
    await bo.next('call:end');
    // Back in the room, as it was.
    await ana.request('room:hold', { roomId: room.id, held: false });
    await inRoom.unmute();
    inRoom.say(Buffer.from('in the room'));
    await listener.hears(Buffer.from('in the room'));
    expect(listener.heard).toHaveLength(1);
    await settle(ana);
    await Promise.all([
      ana.request('room:leave', { roomId: room.id }),
      cyd.request('room:leave', { roomId: room.id }),
    ]);
  });
});
