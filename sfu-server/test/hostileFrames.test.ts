/** Frames that no client library sends: each is answered or cut, nobody else notices, and the process lives. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RawSocket } from './support/rawSocket.ts';
import { guest } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => server.reset());
afterAll(() => server.stop());

const signInRaw = async (): Promise<RawSocket> => {
  const { token } = await guest(server.url, 'Mallory');
  const socket = await RawSocket.open(server.url);
  const auth = { token, deviceId: 'device-raw', protocol: PROTOCOL_VERSION };
  socket.send(`40${JSON.stringify(auth)}`);
  await until(() => socket.texts.some((text) => text.includes('"welcome"')), 'welcome');
  return socket;
};

/** Refused with a code. */
it.each([
  ['a number', '5'],
  ['a number beyond all numbers', '1e999'],
  ['a half of a pair', '"\\ud800"'],
  ['nothing', '""'],
])('answers an event whose name is %s', async (_what, name) => {
  const mallory = await signInRaw();
  mallory.send(`427[${name},{}]`);
  const answer = await until(() => mallory.texts.find((text) => text.startsWith('437')), 'answer');
  expect(answer).toContain('"BAD_REQUEST"');
  mallory.destroy();
});

/** Taken for what it is not, the connection of its sender is over, or nothing happens at all. */
it.each([
  ['an event that has no name', '421[]'],
  ['an event whose name is an object', '421[{"a":1},{}]'],
  ['an event that socket.io keeps for itself', '421["disconnect",{}]'],
  ['an event without a list', '421{"a":1}'],
  ['an answer to what nobody asked', '437[{}]'],
  ['an answer of a strange number', '43999999999999999999999[{}]'],
  ['an error of connecting', '44{"message":"x"}'],
  ['an event of another namespace', '42/admin,1["room:list",{}]'],
  ['a second sign-in', '40{"token":"x"}'],
  ['another namespace', '40/admin,{"token":"x"}'],
  ['a namespace named like a built-in thing', '40/__proto__,{}'],
  [
    'an attachment that is announced and never comes',
    '451-1["room:list",{"_placeholder":true,"num":0}]',
  ],
  ['more attachments than there can be', '45999999999-1["room:list",{}]'],
  ['an unknown kind of packet', '49["room:list",{}]'],
  ['an unknown kind of frame', '9'],
  ['nothing', ''],
  ['a list as deep as it can be', `421["room:list",${'['.repeat(32_000)}${']'.repeat(32_000)}]`],
])('lives on after %s', async (_what, frame) => {
  const ana = await server.connect('Ana');
  const mallory = await signInRaw();
  mallory.send(frame);
  mallory.send(frame);
  expect(await ana.outcome('room:list', {})).toBe('ok');
  mallory.destroy();
});
