/** A room that grows: each step is told to everyone, taken back, and decided by a moderator instead. */
import type { Notice, Posture, RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    voice: {
      directPeople: 3,
      backPeople: 2,
      joinMutedPeople: 4,
      backJoinMutedPeople: 3,
      stagePeople: 5,
      backStagePeople: 4,
    },
  });
});
afterEach(() => server.reset());
afterAll(() => server.stop());

interface Square {
  readonly roomId: RoomId;
  readonly owner: TestClient;
  /** The others, in the order in which they came. */
  readonly others: TestClient[];
}

const open = async (): Promise<Square> => {
  const owner = await server.connect('Owner');
  const { room } = await owner.request('room:create', { name: 'Square' });
  await owner.request('room:join', { roomId: room.id });
  return { roomId: room.id, owner, others: [] };
};

/** Until there are so many, the owner included. */
const grow = async ({ roomId, others }: Square, people: number): Promise<void> => {
  while (others.length + 1 < people) {
    const other = await server.connect(`Other ${others.length}`);
    await other.request('room:join', { roomId });
    others.push(other);
  }
};

const shrink = async ({ roomId, others }: Square, people: number): Promise<void> => {
  while (others.length + 1 > people) await others.pop()?.request('room:leave', { roomId });
};

const postureOf = async ({ roomId, owner }: Square): Promise<Posture | undefined> =>
  (await owner.request('room:snapshot', { roomId })).snapshot.room.posture;

/** The next change that makes the posture so. */
const told = (
  client: TestClient,
  so: (posture: Posture) => boolean,
): Promise<Notice<'room:changed'>> =>
  client.next('room:changed', ({ room: { posture } }) => posture !== undefined && so(posture));

describe('a room that grows', () => {
  it('takes one step after another, tells everyone, and takes them back', async () => {
    const square = await open();
    await grow(square, 3);
    const [other] = square.others;
    if (!other) throw new Error('nobody');
    expect(await postureOf(square)).toEqual({
      joinMuted: false,
      stageSuggested: false,
      wishes: { voice: 'auto', joinMuted: 'auto' },
    });

    await grow(square, 4);
    const { voice } = await other.next('room:voice');
    expect(voice.mode).toBe('slots');
    expect(await postureOf(square)).toMatchObject({ joinMuted: false });

    await grow(square, 5);
    const step = await told(other, ({ joinMuted }) => joinMuted);
    expect(step.by).toBeUndefined();
    expect(step.room.posture?.stageSuggested).toBe(false);

    await grow(square, 6);
    await told(other, ({ stageSuggested }) => stageSuggested);

    await shrink(square, 4);
    await told(other, ({ stageSuggested }) => !stageSuggested);
    expect(await postureOf(square)).toMatchObject({ joinMuted: true, stageSuggested: false });
    await shrink(square, 3);
    await told(other, ({ joinMuted }) => !joinMuted);
    await shrink(square, 2);
    await other.next('room:voice', (notice) => notice.voice.mode === 'direct');
  });

  it('shows its posture in no list of rooms', async () => {
    const { owner, roomId } = await open();
    const { rooms } = await owner.request('room:list', {});
    const listed = rooms.find(({ id }) => id === roomId);
    expect(listed?.participantCount).toBe(1);
    expect(listed).not.toHaveProperty('posture');
  });
});

describe('a moderator', () => {
  it('decides whether those who come in stay muted, and everyone is told by whom', async () => {
    const square = await open();
    await grow(square, 2);
    const { roomId, owner, others } = square;
    const [other] = others;
    if (!other) throw new Error('nobody');
    const { snapshot } = await owner.request('room:snapshot', { roomId });

    await owner.request('mod:join-muted', { roomId, joinMuted: 'on' });
    const on = await told(other, ({ joinMuted }) => joinMuted);
    expect(on.by).toBe(snapshot.self);
    expect(on.room.posture?.wishes.joinMuted).toBe('on');

    await owner.request('mod:join-muted', { roomId, joinMuted: 'off' });
    await told(other, ({ joinMuted }) => !joinMuted);
    await grow(square, 6);
    expect(await postureOf(square)).toMatchObject({ joinMuted: false });

    await owner.request('mod:join-muted', { roomId, joinMuted: 'auto' });
    const auto = await told(other, ({ wishes }) => wishes.joinMuted === 'auto');
    expect(auto.room.posture?.joinMuted).toBe(true);
  });

  it('is shown which voice was wished for', async () => {
    const square = await open();
    const { roomId, owner } = square;
    await owner.request('mod:voice', { roomId, posture: 'slots' });
    await owner.next('room:voice', ({ voice }) => voice.mode === 'slots');
    expect(await postureOf(square)).toMatchObject({ wishes: { voice: 'slots' } });
    await owner.request('mod:voice', { roomId, posture: 'auto' });
    const back = await owner.next('room:voice', ({ voice }) => voice.mode === 'direct');
    expect(back.by).toBeUndefined();
    expect(await postureOf(square)).toMatchObject({ wishes: { voice: 'auto' } });
  });

  it('dismisses the stage for all moderators; those who come later see it dismissed', async () => {
    const square = await open();
    await grow(square, 6);
    const { roomId, owner } = square;
    await told(owner, ({ stageSuggested }) => stageSuggested);
    await owner.request('mod:dismiss-stage', { roomId });
    await told(owner, ({ stageSuggested }) => !stageSuggested);
    await grow(square, 8);
    expect(await postureOf(square)).toMatchObject({ stageSuggested: false });
  });

  it('opens the stage, and is asked no more after opening the room again', async () => {
    const square = await open();
    await grow(square, 6);
    const { roomId, owner } = square;
    await told(owner, ({ stageSuggested }) => stageSuggested);
    await owner.request('mod:mode', { roomId, mode: 'stage' });
    await told(owner, ({ stageSuggested }) => !stageSuggested);
    await owner.request('mod:mode', { roomId, mode: 'open' });
    expect(await postureOf(square)).toMatchObject({ stageSuggested: false });
  });

  it('must be one', async () => {
    const square = await open();
    await grow(square, 2);
    const { roomId, others } = square;
    const [other] = others;
    expect(await other?.outcome('mod:join-muted', { roomId, joinMuted: 'on' })).toBe('FORBIDDEN');
    expect(await other?.outcome('mod:dismiss-stage', { roomId })).toBe('FORBIDDEN');
  });
});
