/** Connections that break at the worst moment: before anyone but the queue knows of them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { testSettings } from '../src/config/load.ts';
import { Doorstep } from '../src/signalling/doorstep.ts';
import { LoopTurns } from '../src/signalling/loopTurns.ts';
import { createSocketServer } from '../src/signalling/server.ts';

/** Turns that come when the test says so, as they do late under load. */
class LateTurns extends LoopTurns {
  readonly waiting: (() => void)[] = [];

  override add(work: () => void): void {
    this.waiting.push(work);
  }

  come(): void {
    for (const work of this.waiting.splice(0)) work();
  }
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const HEAD = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

it('a connection that breaks while it waits for its turn harms nobody', async () => {
  // An error that nobody listens for ends the process.
  const unheard: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => unheard.push(error));
  closing.push(() => {
    process.setUncaughtExceptionCaptureCallback(null);
  });
  const settings = testSettings({});
  const turns = new LateTurns();
  const io = createSocketServer(settings, new Doorstep(10, false), turns);
  const http = createServer();
  io.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  closing.push(() => void io.close());
  const { port } = http.address() as AddressInfo;

  const arrived = once(http, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  client.write(HEAD);
  const [socket] = await arrived;
  await expect.poll(() => turns.waiting.length).toBe(1);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  client.resetAndDestroy();
  expect(await closed).toBe(true);
  turns.come();
  expect(unheard).toEqual([]);

  const other = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  closing.push(() => {
    other.terminate();
  });
  await expect.poll(() => turns.waiting.length).toBe(1);
  turns.come();
  await once(other, 'open');
});
