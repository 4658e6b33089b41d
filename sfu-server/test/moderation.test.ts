/** Roles and moderation as the server enforces them, whatever a client would like. */
import type { Participant, RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

interface Assembly {
  readonly roomId: RoomId;
  readonly owner: RawPeer;
  readonly ana: RawPeer;
  readonly bo: RawPeer;
}

/** An owner, who is the moderator, and two others. */
const assemble = async (): Promise<Assembly> => {
  const client = await server.connect('Owner');
  const { room } = await client.request('room:create', { name: 'Square' });
  const join = async (name: string): Promise<RawPeer> => {
    const peer = await RawPeer.join(await server.connect(name), room.id);
    peers.push(peer);
    return peer;
  };
  const owner = await RawPeer.join(client, room.id);
  peers.push(owner);
  return { roomId: room.id, owner, ana: await join('Ana'), bo: await join('Bo') };
};

const idOf = ({ joined }: RawPeer) => joined.participantId;

/** What everyone else is told of `whom`, once it is so; and that `by` is who did it. */
const seesOf = async (
  { owner, bo }: Assembly,
  whom: RawPeer,
  so: (participant: Participant) => boolean,
): Promise<void> => {
  const notice = await bo.client.next(
    'room:participant-changed',
    ({ participant }) => participant.id === idOf(whom) && so(participant),
  );
  expect(notice.by).toBe(idOf(owner));
};

describe('on a stage', () => {
  it('a listener publishes nothing, raises a hand, is let speak, and goes back', async () => {
    const assembly = await assemble();
    const { roomId, owner, ana, bo } = assembly;
    await owner.client.request('mod:mode', { roomId, mode: 'stage' });
    const { by, room } = await bo.client.next('room:changed', (it) => it.room.mode === 'stage');
    expect([by, room.mode]).toEqual([idOf(owner), 'stage']);
    await seesOf(assembly, ana, ({ role }) => role === 'listener');
    await expect(ana.publish()).rejects.toThrow('FORBIDDEN');
    expect(await ana.client.outcome('mic:set', { roomId, muted: false })).toBe('FORBIDDEN');

    await ana.client.request('hand:set', { roomId, raised: true });
    await owner.client.request('mod:role', { roomId, participantId: idOf(ana), role: 'speaker' });
    await seesOf(assembly, ana, ({ role, handRaisedAt }) => {
      return role === 'speaker' && handRaisedAt === null;
    });
    await bo.subscribe([await ana.publish(), await owner.publish()]);
    for (const peer of [ana, owner]) await peer.unmute();
    const words = (name: string) => Buffer.from(name);
    const heard = (name: string) =>
      bo.heard.filter(({ payload }) => words(name).equals(payload)).length;
    ana.talk(undefined, words('Ana'));
    owner.talk(undefined, words('Owner'));
    await until(() => heard('Ana') > 0 && heard('Owner') > 0, 'both are heard');

    await owner.client.request('mod:role', { roomId, participantId: idOf(ana), role: 'listener' });
    await seesOf(assembly, ana, ({ role, muted }) => role === 'listener' && muted);
    expect(await ana.client.outcome('mic:set', { roomId, muted: false })).toBe('FORBIDDEN');
    // What was under way arrives before what comes after it.
    const before = heard('Owner');
    await until(() => heard('Owner') > before + 5, 'the moderator goes on');
    bo.heard.length = 0;
    await until(() => heard('Owner') > 20, 'the moderator goes on');
    expect(heard('Ana')).toBe(0);
    for (const peer of [ana, owner]) peer.hush();
  });

  it('a speaker whom a moderator muted speaks again only when let', async () => {
    const assembly = await assemble();
    const { roomId, owner, ana } = assembly;
    await owner.client.request('mod:mode', { roomId, mode: 'stage' });
    const participantId = idOf(ana);
    await owner.client.request('mod:role', { roomId, participantId, role: 'speaker' });
    await ana.client.request('mic:set', { roomId, muted: false });
    await owner.client.request('mod:mute', { roomId, participantId });
    await seesOf(assembly, ana, ({ mutedByModerator }) => mutedByModerator);
    expect(await ana.client.outcome('mic:set', { roomId, muted: false })).toBe('FORBIDDEN');
    await owner.client.request('mod:role', { roomId, participantId, role: 'speaker' });
    expect(await ana.client.outcome('mic:set', { roomId, muted: false })).toBe('ok');
  });
});

describe('where everyone may speak', () => {
  it('whoever was muted may unmute', async () => {
    const assembly = await assemble();
    const { roomId, owner, ana } = assembly;
    await ana.client.request('mic:set', { roomId, muted: false });
    await owner.client.request('mod:mute', { roomId, participantId: idOf(ana) });
    await seesOf(assembly, ana, ({ muted, mutedByModerator }) => muted && mutedByModerator);
    await ana.client.request('mic:set', { roomId, muted: false });
    const { snapshot } = await ana.client.request('room:snapshot', { roomId });
    expect(snapshot.participants.find(({ id }) => id === idOf(ana))).toMatchObject({
      muted: false,
      mutedByModerator: false,
    });
  });

  it('a listener does not, and publishes nothing', async () => {
    const assembly = await assemble();
    const { roomId, owner, ana } = assembly;
    await owner.client.request('mod:role', { roomId, participantId: idOf(ana), role: 'listener' });
    await seesOf(assembly, ana, ({ role }) => role === 'listener');
    await expect(ana.publish()).rejects.toThrow('FORBIDDEN');
    expect(await ana.client.outcome('mic:set', { roomId, muted: false })).toBe('FORBIDDEN');
  });

  it('a person made moderator moderates, and everyone is told by whom', async () => {
    const assembly = await assemble();
    const { roomId, owner, ana, bo } = assembly;
    const participantId = idOf(ana);
    await owner.client.request('mod:role', { roomId, participantId, role: 'moderator' });
    await seesOf(assembly, ana, ({ role }) => role === 'moderator');
    await ana.client.request('mod:lock', { roomId, locked: true });
    const locked = await bo.client.next('room:changed', ({ room }) => room.locked);
    expect(locked.by).toBe(participantId);
    const late = await server.connect('Late');
    expect(await late.outcome('room:join', { roomId })).toBe('ROOM_LOCKED');
    // The creator stays what they are.
    const creator = { roomId, participantId: idOf(owner) };
    expect(await ana.client.outcome('mod:role', { ...creator, role: 'listener' })).toBe(
      'FORBIDDEN',
    );
    expect(await ana.client.outcome('mod:remove', creator)).toBe('FORBIDDEN');
  });
});
