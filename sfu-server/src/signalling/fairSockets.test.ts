import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { afterEach, expect, it } from 'vitest';
import { fairSocketServer } from './fairSockets.ts';
import { LoopTurns } from './loopTurns.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What the server gets, in order, of sockets that say their name with each message. */
const listen = async () => {
  const heard: string[] = [];
  const FairServer = fairSocketServer(new LoopTurns());
  const server = new FairServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    const url = String(request.url);
    socket.on('message', () => heard.push(url));
    socket.on('close', () => heard.push(`${url} closed`));
  });
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = async (name: string): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${name}`);
    await once(socket, 'open');
    return socket;
  };
  return { heard, open };
};

it('one message beside a thousand of another socket has its turn soon', async () => {
  const { heard, open } = await listen();
  const greedy = await open('greedy');
  const honest = await open('honest');
  for (let i = 0; i < 1000; i++) greedy.send('me');
  honest.send('me too');
  await expect.poll(() => heard.length).toBe(1001);
  expect(heard.indexOf('/honest')).toBeLessThan(100);
});

it('the end of a socket comes after all that it sent', async () => {
  const { heard, open } = await listen();
  const leaving = await open('leaving');
  for (let i = 0; i < 200; i++) leaving.send('me');
  leaving.close();
  await expect.poll(() => heard.at(-1)).toBe('/leaving closed');
  expect(heard).toHaveLength(201);
  const cut = await open('cut');
  for (let i = 0; i < 200; i++) cut.send('me');
  // All is on its way before the connection breaks.
  cut.send('me', () => {
    cut.terminate();
  });
  await expect.poll(() => heard.at(-1)).toBe('/cut closed');
  expect(heard.filter((it) => it === '/cut')).toHaveLength(201);
});
