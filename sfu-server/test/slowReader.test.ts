/** Memory is all that somebody who does not read can take from the server, and only so much of it. */
import { PROTOCOL_VERSION } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { RawSocket } from './support/rawSocket.ts';
import { guest } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

it('who leaves far too much unread is cut at once, however long they might be waited for', async () => {
  const server = await startTestServer({
    signalling: { slowMs: 60_000 },
    limits: { chatPer5s: 100_000, queuedMessages: 100_000, queuedBytes: 65_536 },
  });
  const ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  await ana.request('room:join', { roomId: room.id });
  const { token } = await guest(server.url, 'Mallory');
  const slow = await RawSocket.open(server.url);
  slow.send(`40${JSON.stringify({ token, deviceId: randomUUID(), protocol: PROTOCOL_VERSION })}`);
  await until(() => slow.texts.some((text) => text.includes('"welcome"')), 'he is welcomed');
  slow.send(`420["room:join",{"roomId":"${room.id}"}]`);
  const isMallory = ({ participant }: { participant: { user: { name: string } } }): boolean =>
    participant.user.name === 'Mallory';
  await ana.next('room:participant-joined', isMallory);
  slow.tcp.pause();
  const text = '\u{1F600}'.repeat(2000);
  const isAway = (): boolean =>
    ana.all('room:participant-changed').some((it) => isMallory(it) && it.participant.away);
  // The kernel takes some megabytes before anything waits here. He answers pings meanwhile.
  await until(
    async () => {
      slow.send('3');
      await Promise.all(
        Array.from({ length: 20 }, () => ana.request('chat:send', { roomId: room.id, text })),
      );
      return isAway();
    },
    'he is cut',
    50_000,
  );
  expect(await ana.outcome('room:list', {})).toBe('ok');
  slow.destroy();
  await server.stop();
}, 60_000);
