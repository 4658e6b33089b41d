import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { User } from '@veche/protocol';
import type { Session } from './api.ts';
import { startSession } from './index.ts';
import { silentLog } from './ports.ts';
import { FakeBrowser } from './testing/fakeBrowser.ts';
import { room } from './testing/fakeRoom.ts';
import { ScriptedServer } from './testing/scriptedServer.ts';
import { fastTimers, until } from './testing/until.ts';

let server: ScriptedServer;
let session: Session;
let stored: string | null;
const fetching = vi.fn<typeof fetch>();

const account = (token: string, name: string) => ({
  token,
  user: User.parse({ id: 'user-me', name }),
});
const answer = (body: unknown) => new Response(JSON.stringify(body), { status: 201 });

function start(timers = fastTimers()): void {
  const browser = new FakeBrowser();
  stored = JSON.stringify(account('old', 'Ana'));
  session = startSession(account('old', 'Ana'), {
    origin: server.origin,
    deviceId: 'device-of-test',
    store: {
      read: () => stored,
      write: (text) => {
        stored = text;
      },
    },
    fetch: fetching,
    createDevice: browser.createDevice,
    microphones: browser,
    cameras: browser.cameras,
    log: silentLog,
    timers,
  });
}
const online = () => until(() => expect(session.connection.current.phase).toBe('online'));

beforeEach(async () => {
  fetching.mockReset();
  fetching.mockRejectedValue(new TypeError('network'));
  server = await ScriptedServer.start();
});

afterEach(async () => {
  session.close();
  await server.stop();
});

it('starts with the token at hand and uses the renewed one later', async () => {
  let renew: (answer: Response) => void = () => undefined;
  fetching.mockReturnValueOnce(new Promise((resolve) => (renew = resolve)));
  start();
  await online();
  expect(server.handshakes[0]?.token).toBe('old');
  renew(answer(account('renewed', 'Ana')));
  await until(() => expect(stored).toContain('renewed'));
  server.cut();
  await until(() => expect(server.handshakes.at(-1)?.token).toBe('renewed'));
});

it('goes on with the old token when it cannot be renewed', async () => {
  start();
  await online();
  expect(session.user.name).toBe('Ana');
  expect(stored).toContain('old');
});

it('forgets a token that the server does not take', async () => {
  server.refuse = () => ({ code: 'UNAUTHENTICATED', message: 'who?' });
  start();
  await until(() =>
    expect(session.connection.current).toEqual({ phase: 'ended', reason: 'UNAUTHENTICATED' }),
  );
  expect(stored).toBeNull();
});

it.each(['token_expired', 'token_revoked'] as const)(
  'forgets a token that is over, and says that it is: %s',
  async (reason) => {
    server.refuse = () => ({ code: 'UNAUTHENTICATED', message: 'over', reason });
    start();
    await until(() => expect(session.connection.current).toEqual({ phase: 'ended', reason }));
    expect(stored).toBeNull();
  },
);

it('renews the token again and again, before its time is over', async () => {
  let count = 0;
  fetching.mockImplementation(() => {
    count++;
    const expiresAt = Date.now() + 1000;
    return Promise.resolve(answer({ ...account(`token-${count}`, 'Ana'), expiresAt }));
  });
  // So fast that the shortest pause between two tries is 60 ms.
  start(fastTimers(1000));
  await until(() => expect(count).toBeGreaterThan(3));
  session.close();
  const { calls } = fetching.mock;
  const asked = calls.map(([, init]) => new Headers(init?.headers).get('authorization'));
  expect(asked.slice(0, 3)).toEqual(['Bearer old', 'Bearer token-1', 'Bearer token-2']);
});

it('renames', async () => {
  start();
  await online();
  const told: string[] = [];
  session.profile.subscribe(() => told.push(session.user.name));
  fetching.mockResolvedValueOnce(answer(account('new', 'Anna')));
  await session.rename('  Anna ');
  expect(fetching.mock.lastCall?.[1]?.body).toBe('{"name":"Anna"}');
  expect(told).toEqual(['Anna']);
  await expect(session.rename('   ')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

it('lists and creates rooms, and lists people', async () => {
  server.on('room:list', () => ({ rooms: [room()] }));
  server.on('room:create', ({ name }) => ({ room: room({ name }) }));
  server.on('people:list', () => ({ people: [{ id: 'u', name: 'Ben', presence: 'busy' }] }));
  start();
  await online();
  await expect(session.listRooms()).resolves.toEqual([room()]);
  await expect(session.createRoom({ name: 'Attic' })).resolves.toMatchObject({ name: 'Attic' });
  await expect(session.listPeople({ query: 'be' })).resolves.toMatchObject({
    people: [{ name: 'Ben' }],
  });
  expect(server.asked('people:list')).toEqual([{ query: 'be' }]);
});

it('does not join any more when it is over', async () => {
  start();
  session.close();
  const joined = session.joinRoom(room().id);
  await until(() =>
    expect(joined.current.status).toEqual({ phase: 'ended', reason: 'signed_out' }),
  );
  expect(session.room.current).toBeNull();
});
