import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { RawSocket } from './support/rawSocket.ts';
import { Traffic } from '../src/signalling/traffic.ts';
import type { Line } from '../src/signalling/traffic.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** More than what the kernel did not take of a filling. */
const QUEUED_BYTES = 2_000_000;

/** A connection that is not read from, and of which nothing more goes to the network. */
const openBlocked = async () => {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });
  const ended: string[] = [];
  const traffic = new Traffic({
    limits: {
      bytesPerSecond: 1_000_000,
      byteBurst: 1_000_000,
      queuedMessages: 1_000_000,
      queuedBytes: QUEUED_BYTES,
      slowMs: 60_000,
    },
    // What is far too much is not waited with.
    timers: { after: () => () => undefined, every: () => () => undefined },
    everyMs: 60_000,
    end: (_line, reason) => ended.push(reason),
  });
  const lines: Line[] = [];
  io.engine.on('connection', (line: Line) => lines.push(line));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const slow = await RawSocket.open(`http://127.0.0.1:${port}`);
  slow.send('40{}');
  await expect.poll(() => io.sockets.sockets.size).toBe(1);
  const [line] = lines;
  if (!line) throw new Error('nobody came');
  closing.push(() => {
    traffic.close();
    slow.destroy();
    void io.close();
  });
  slow.tcp.pause();
  const { socket } = line.request;
  // The kernel takes some megabytes before anything waits here.
  await expect
    .poll(
      () => {
        io.emit('filling', 'x'.repeat(1_000_000));
        return socket.writableLength > 0 && !line.transport.writable;
      },
      { interval: 1 },
    )
    .toBe(true);
  return { io, ended, traffic, line };
};

it.each(['to all', 'to one'])(
  'what waits for a slow reader is counted in bytes, %s',
  async (to) => {
    const { io, ended, traffic, line } = await openBlocked();
    const before = line.request.socket.writableLength;
    traffic.watch(line);
    const [socket] = io.sockets.sockets.values();
    // Three bytes each.
    const text = '\u4e2d'.repeat(10_000);
    let bytes = before;
    while (ended.length === 0 && bytes < 10 * QUEUED_BYTES) {
      if (to === 'to all') io.emit('text', text);
      else socket?.emit('text', text);
      bytes += Buffer.byteLength(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ended).toEqual(['slow_reader']);
    // Twice what may wait is too much at once.
    expect(bytes / (2 * QUEUED_BYTES)).toBeGreaterThan(1);
    expect(bytes / (2 * QUEUED_BYTES)).toBeLessThan(1.05);
  },
);

it('what waits for a slow reader is kept once, not as text and as a frame', async () => {
  const { io, traffic, line } = await openBlocked();
  traffic.watch(line);
  const texts: unknown[] = [];
  line.on('packetCreate', ({ data }: { data?: unknown }) => texts.push(data));
  io.emit('text', 'to all');
  const [socket] = io.sockets.sockets.values();
  socket?.emit('text', 'to one');
  expect(texts).toEqual([undefined, '2["text","to one"]']);
});
