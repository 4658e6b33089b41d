import { UserId } from '@veche/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { silentLog } from './ports.ts';
import { PresenceWatch } from './presence.ts';
import { Refusal, ScriptedServer } from './testing/scriptedServer.ts';
import { fastTimers, until } from './testing/until.ts';

let server: ScriptedServer;
let connection: Connection;
let watch: PresenceWatch;

const ids = (...names: string[]) => names.map((name) => UserId.parse(name));
const presences = () =>
  Object.fromEntries([...watch.people.current].map(([id, { presence }]) => [id, presence]));
const shows = (wanted: Record<string, string>) => until(() => expect(presences()).toEqual(wanted));
const person = (id: string, presence: 'online' | 'busy' | 'offline' = 'online') => ({
  id,
  name: id,
  presence,
});
const asked = () => server.asked('people:watch');

beforeEach(async () => {
  server = await ScriptedServer.start();
  server.on('people:watch', ({ userIds }) => ({ people: userIds.map((id) => person(id)) }));
  const timers = fastTimers();
  connection = new Connection({
    origin: server.origin,
    deviceId: 'device-of-test',
    token: () => 'token',
    log: silentLog,
    timers,
  });
  watch = new PresenceWatch({ connection, timers, log: silentLog });
});

afterEach(async () => {
  connection.close();
  await server.stop();
});

it('asks as soon as it is connected, and follows', async () => {
  watch.watch(ids('bo', 'cy'));
  await shows({ bo: 'online', cy: 'online' });
  server.notify('presence:changed', { people: [person('cy', 'busy'), person('dee')] });
  await shows({ bo: 'online', cy: 'busy' });
  expect(asked()).toEqual([{ userIds: ['bo', 'cy'] }]);
});

it('asks for the newest list only, and shows at once who is still in it', async () => {
  watch.watch(ids('bo', 'cy'));
  await shows({ bo: 'online', cy: 'online' });
  watch.watch(ids('cy', 'dee'));
  watch.watch(ids('cy', 'eve'));
  expect(presences()).toEqual({ cy: 'online' });
  await shows({ cy: 'online', eve: 'online' });
  expect(asked().at(-1)).toEqual({ userIds: ['cy', 'eve'] });
  watch.watch(ids('cy', 'eve'));
  watch.watch([]);
  await until(() => expect(asked().at(-1)).toEqual({ userIds: [] }));
  expect(presences()).toEqual({});
});

it('asks again after a reconnect', async () => {
  watch.watch(ids('bo'));
  await shows({ bo: 'online' });
  server.on('people:watch', () => ({ people: [person('bo', 'offline')] }));
  server.cut();
  await shows({ bo: 'offline' });
  expect(asked()).toHaveLength(2);
});

it('asks again when it was refused', async () => {
  server.once('people:watch', () => {
    throw new Refusal('RATE_LIMITED');
  });
  watch.watch(ids('bo'));
  await shows({ bo: 'online' });
  expect(asked()).toHaveLength(2);
});

it('does not ask for more than the server takes', async () => {
  const many = Array.from({ length: 250 }, (_, index) => `user-${index}`);
  watch.watch(ids(...many));
  await until(() => expect(watch.people.current.size).toBe(200));
  expect(asked()).toEqual([{ userIds: many.slice(0, 200) }]);
});
