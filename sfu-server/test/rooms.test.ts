/** Rooms over real sockets: who is in them, who may enter, and what everyone is told. */
import { requests } from '@veche/protocol';
import type { Data } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ rooms: { graceMs: 600, deliberateGraceMs: 200 } });
});
afterEach(() => server.reset());
afterAll(() => server.stop());

describe('joining', () => {
  it('shows everyone to everyone, with revisions that grow by one', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: '  Square  ' });
    expect(room).toMatchObject({ name: 'Square', participantCount: 0, hasPassword: false });
    const first = await ana.request('room:join', { roomId: room.id });
    const bo = await server.connect('Bo');
    const second = await bo.request('room:join', { roomId: room.id });
    expect(second.snapshot.participants.map(({ user }) => user.name)).toEqual(['Ana', 'Bo']);
    expect(second.snapshot.participants.map(({ number }) => number)).toEqual([1, 2]);
    expect(second.snapshot.self).toBe(second.participantId);
    expect(second.snapshot.participants[0]).toMatchObject({ role: 'moderator', muted: true });
    const joined = await ana.next(
      'room:participant-joined',
      ({ participant }) => participant.id === second.participantId,
    );
    expect(joined.revision).toBe(first.snapshot.revision + 1);
    expect(second.snapshot.revision).toBe(joined.revision);
  });

  it('never tells a notice of the room before the ack of the join', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const others = await Promise.all(
      Array.from({ length: 10 }, (_, index) => server.connect(`P${index}`)),
    );
    const order: string[] = [];
    ana.socket.onAny((name: string) => order.push(name));
    // The bare callback: promises would settle after notices that came in the same read.
    const mine = new Promise<Data<'room:join'>>((resolve) => {
      ana.socket.emit('room:join', { roomId: room.id }, (answer: { data: unknown }) => {
        order.push('ack');
        resolve(requests['room:join'].data.parse(answer.data));
      });
    });
    await Promise.all(others.map((other) => other.request('room:join', { roomId: room.id })));
    const { snapshot } = await mine;
    await until(
      () => ana.all('room:participant-joined').length > 0 && order.includes('ack'),
      'others joined',
    );
    expect(order.indexOf('ack')).toBeLessThan(order.indexOf('room:participant-joined'));
    // Together, snapshot and notices are complete and without a gap.
    await until(
      () => ana.all('room:participant-joined').at(-1)?.revision === 11,
      'the last one joined',
    );
    const revisions = ana
      .all('room:participant-joined')
      .map(({ revision }) => revision)
      .filter((revision) => revision > snapshot.revision);
    expect(revisions).toEqual(
      Array.from({ length: 11 - snapshot.revision }, (_, index) => snapshot.revision + 1 + index),
    );
  });

  it('keeps the seat and epoch of the same device', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const first = await ana.request('room:join', { roomId: room.id });
    const again = await ana.request('room:join', { roomId: room.id });
    expect(again.participantId).toBe(first.participantId);
    expect(again.epoch).toBe(first.epoch);
  });

  it('leaves the former room', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const one = (await ana.request('room:create', { name: 'One' })).room;
    const two = (await ana.request('room:create', { name: 'Two' })).room;
    await bo.request('room:join', { roomId: one.id });
    await ana.request('room:join', { roomId: one.id });
    await ana.request('room:join', { roomId: two.id });
    expect((await bo.next('room:participant-left')).reason).toBe('left');
    expect(await ana.outcome('room:snapshot', { roomId: one.id })).toBe('NOT_FOUND');
    expect(await ana.outcome('room:snapshot', { roomId: two.id })).toBe('ok');
  });

  it('asks for the password on every way in, and hides unlisted rooms', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const listed = (await ana.request('room:create', { name: 'L', password: 'sesame' })).room;
    const hidden = (
      await ana.request('room:create', { name: 'H', password: 'sesame', visibility: 'unlisted' })
    ).room;
    expect(listed.hasPassword).toBe(true);
    const tryIt = (roomId: string, password?: string) =>
      bo.outcome('room:join', { roomId, ...(password === undefined ? {} : { password }) });
    expect(await tryIt(listed.id)).toBe('FORBIDDEN');
    expect(await tryIt(listed.id, 'wrong')).toBe('FORBIDDEN');
    expect(await tryIt(hidden.id)).toBe('NOT_FOUND');
    expect(await tryIt(hidden.id, 'wrong')).toBe('NOT_FOUND');
    expect(await tryIt('nowhere', 'wrong')).toBe('NOT_FOUND');
    expect(await tryIt(hidden.id, 'sesame')).toBe('ok');
    expect(await tryIt(listed.id, 'sesame')).toBe('ok');
    const { rooms } = await bo.request('room:list', {});
    expect(rooms.map(({ id }) => id)).toContain(listed.id);
    expect(rooms.map(({ id }) => id)).not.toContain(hidden.id);
    expect((await ana.request('room:list', {})).rooms.map(({ id }) => id)).toContain(hidden.id);
  });

  it('is refused by a full and by a locked room, not to those inside', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    const { room } = await ana.request('room:create', { name: 'Two', maxParticipants: 2 });
    const roomId = room.id;
    await ana.request('room:join', { roomId });
    await bo.request('room:join', { roomId });
    expect(await cyd.outcome('room:join', { roomId })).toBe('ROOM_FULL');
    expect(await bo.outcome('room:join', { roomId })).toBe('ok');
    await bo.request('room:leave', { roomId });
    await ana.request('mod:lock', { roomId, locked: true });
    expect(await cyd.outcome('room:join', { roomId })).toBe('ROOM_LOCKED');
    expect(await ana.outcome('room:join', { roomId })).toBe('ok');
  });
});

describe('a second device of the same user', () => {
  it('takes the seat over: one person, and the first is told', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const first = await ana.request('room:join', { roomId: room.id });
    await bo.request('room:join', { roomId: room.id });
    const phone = await server.connect('Ana', { token: ana.token });
    const second = await phone.request('room:join', { roomId: room.id });
    expect(second.participantId).not.toBe(first.participantId);
    expect(second.snapshot.participants).toHaveLength(2);
    expect((await ana.next('removed')).reason).toBe('moved');
    expect(await bo.next('room:participant-left')).toMatchObject({
      participantId: first.participantId,
      reason: 'moved',
    });
    expect(await ana.outcome('mic:set', { roomId: room.id, muted: false })).toBe('NOT_FOUND');
    // The moved device says goodbye: that harms nobody.
    ana.disconnect();
    const { snapshot } = await bo.request('room:snapshot', { roomId: room.id });
    expect(snapshot.participants.map(({ away }) => away)).toEqual([false, false]);
  });
});

describe('a lost signal', () => {
  it('makes away, and a seat that is kept for the grace', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    await ana.request('room:join', { roomId: room.id });
    const first = await bo.request('room:join', { roomId: room.id });
    bo.cut();
    await ana.next('room:participant-changed', ({ participant }) => participant.away);
    const back = await server.connect('Bo', { token: bo.token, deviceId: bo.deviceId });
    expect(back.welcome.roomId).toBe(room.id);
    const again = await back.request('room:join', { roomId: room.id });
    expect(again.participantId).toBe(first.participantId);
    expect(again.epoch).toBe(first.epoch);
    const cameBack = await ana.next(
      'room:participant-changed',
      ({ participant, revision }) => !participant.away && revision > first.snapshot.revision,
    );
    expect(cameBack.participant.id).toBe(first.participantId);
    expect(ana.all('room:participant-left')).toEqual([]);
  });

  it('ends in connection_lost when nobody comes back, sooner after a deliberate close', async () => {
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    await ana.request('room:join', { roomId: room.id });
    const leaveAfter = async (how: 'cut' | 'disconnect'): Promise<number> => {
      const bo = await server.connect('Bo');
      await bo.request('room:join', { roomId: room.id });
      ana.forget();
      const at = performance.now();
      bo[how]();
      expect((await ana.next('room:participant-left')).reason).toBe('connection_lost');
      return performance.now() - at;
    };
    expect(await leaveAfter('disconnect')).toBeLessThan(600);
    expect(await leaveAfter('cut')).toBeGreaterThanOrEqual(590);
  });

  it('of a replaced connection changes nothing when it is noticed late', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    await ana.request('room:join', { roomId: room.id });
    await bo.request('room:join', { roomId: room.id });
    const newer = await server.connect('Bo', { token: bo.token, deviceId: bo.deviceId });
    expect((await bo.next('replaced')).reason).toBe('same_device');
    await until(() => bo.socket.disconnected, 'the old connection is over');
    await newer.request('room:join', { roomId: room.id });
    const { snapshot } = await ana.request('room:snapshot', { roomId: room.id });
    expect(snapshot.participants.map(({ away }) => away)).toEqual([false, false]);
    expect(ana.all('room:participant-left')).toEqual([]);
    expect(await newer.outcome('mic:set', { roomId: room.id, muted: false })).toBe('ok');
  });
});

describe('in the room', () => {
  it('mute, hand and chat reach everyone, the actor too', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const roomId = room.id;
    const { participantId } = await ana.request('room:join', { roomId });
    await bo.request('room:join', { roomId });
    await ana.request('mic:set', { roomId, muted: false });
    await ana.request('hand:set', { roomId, raised: true });
    const { messageId } = await ana.request('chat:send', { roomId, text: ' hello\nall ' });
    for (const client of [ana, bo]) {
      const unmuted = await client.next('room:participant-changed', (it) => !it.participant.muted);
      expect(unmuted.participant.id).toBe(participantId);
      await client.next('room:participant-changed', (it) => it.participant.handRaisedAt !== null);
      expect(await client.next('chat:message')).toMatchObject({
        messageId,
        text: 'hello\nall',
        from: { participantId },
      });
    }
    const { snapshot } = await bo.request('room:snapshot', { roomId });
    expect(snapshot.chat.map(({ text }) => text)).toEqual(['hello\nall']);
  });

  it('a moderator mutes, removes and bans; others may not', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    const roomId = room.id;
    const moderator = await ana.request('room:join', { roomId });
    const { participantId } = await bo.request('room:join', { roomId });
    expect(await bo.outcome('mod:mute', { roomId, participantId: moderator.participantId })).toBe(
      'FORBIDDEN',
    );
    await ana.request('mod:mute', { roomId, participantId });
    const muted = await bo.next(
      'room:participant-changed',
      (it) => it.participant.mutedByModerator,
    );
    expect(muted.by).toBe(moderator.participantId);
    const reason = 'Too loud';
    await ana.request('mod:remove', { roomId, participantId, banMs: 60_000, reason });
    expect(await bo.next('removed')).toEqual({
      roomId,
      reason: 'banned',
      by: moderator.participantId,
      words: reason,
      banMs: 60_000,
    });
    expect((await ana.next('room:participant-left')).reason).toBe('banned');
    const left: unknown = expect.closeTo(60_000, -4);
    expect(await bo.raw('room:join', { roomId })).toMatchObject({
      ok: false,
      error: { code: 'FORBIDDEN', reason: 'banned', banMs: left },
    });
  });

  it('deleting it removes everyone, with the reason', async () => {
    const ana = await server.connect('Ana');
    const bo = await server.connect('Bo');
    const { room } = await ana.request('room:create', { name: 'Square' });
    await bo.request('room:join', { roomId: room.id });
    expect(await bo.outcome('room:delete', { roomId: room.id })).toBe('FORBIDDEN');
    await ana.request('room:delete', { roomId: room.id });
    expect((await bo.next('removed')).reason).toBe('room_closed');
    expect(await bo.outcome('room:join', { roomId: room.id })).toBe('NOT_FOUND');
  });
});

describe('people', () => {
  it('are found by name and watched', async () => {
    const ana = await server.connect('Ana');
    const zoë = await server.connect('Zoë Watched');
    const { people } = await ana.request('people:list', { query: 'zoë w' });
    expect(people).toEqual([{ ...zoë.welcome.user, presence: 'online' }]);
    await ana.request('people:watch', { userIds: [zoë.welcome.user.id] });
    zoë.disconnect();
    // That she came may have to be told first.
    const { people: told } = await ana.next(
      'presence:changed',
      ({ people: [person] }) => person?.presence === 'offline',
    );
    expect(told).toEqual([{ ...zoë.welcome.user, presence: 'offline' }]);
  });

  it('page through long lists', async () => {
    const ana = await server.connect('Ana');
    for (const name of ['Page C', 'Page A', 'Page B']) await server.connect(name);
    const first = await ana.request('people:list', { query: 'page', limit: 2 });
    expect(first.people.map(({ name }) => name)).toEqual(['Page A', 'Page B']);
    const second = await ana.request('people:list', {
      query: 'page',
      limit: 2,
      cursor: first.next ?? '',
    });
    expect(second.people.map(({ name }) => name)).toEqual(['Page C']);
    expect(second.next).toBeUndefined();
    expect(await ana.outcome('people:list', { cursor: 'nonsense' })).toBe('BAD_REQUEST');
  });
});
