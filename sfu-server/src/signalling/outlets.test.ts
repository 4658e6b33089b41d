/** With real sockets, and nothing of the server but what is tested. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import { Outlets } from './outlets.ts';
import type { Line } from './traffic.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Watched {
  readonly line: Line;
  /** Writes that went to the system. */
  writes: number;
}

/** Counts what a line's TCP socket hands on. */
const countWrites = (line: Line): Watched => {
  const watched = { line, writes: 0 };
  const { socket } = line.request;
  for (const name of ['_write', '_writev'] as const) {
    const write = socket[name]?.bind(socket);
    Object.assign(socket, {
      [name]: (...args: unknown[]) => {
        watched.writes++;
        if (write) Reflect.apply(write, socket, args);
      },
    });
  }
  return watched;
};

/** A server in whose room `count` clients are. */
const openRoom = async (outlets: Outlets, count: number) => {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });
  const lines: Watched[] = [];
  io.engine.on('connection', (line: Line) => {
    lines.push(countWrites(line));
    outlets.watch(line);
  });
  io.on('connection', (socket) => {
    void socket.join('room');
    socket.on('ask', (answer: (value: string) => void) => {
      io.to('room').emit('told', 'before');
      answer('answered');
      io.to('room').emit('told', 'after');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => void io.close());
  const { port } = http.address() as AddressInfo;
  const clients = await Promise.all(
    Array.from({ length: count }, async () => {
      const client = connect(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        forceNew: true,
      });
      closing.push(() => void client.disconnect());
      const received: unknown[] = [];
      client.on('told', (value) => received.push(value));
      await new Promise<void>((resolve) => client.once('connect', resolve));
      const ask = () => client.emit('ask', (answer: unknown) => received.push(answer));
      return { received, ask };
    }),
  );
  for (const watched of lines) watched.writes = 0;
  return { io, lines, clients };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what is told in one go leaves in one write, and in order', async () => {
  const { io, lines, clients } = await openRoom(new Outlets(), 3);
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  for (const number of numbers) io.to('room').emit('told', number);
  for (const { received } of clients) await expect.poll(() => received).toEqual(numbers);
  for (const { writes } of lines) expect(writes).toBe(1);
});

it('an answer keeps its place among what everyone is told', async () => {
  const { clients } = await openRoom(new Outlets(), 3);
  const [first] = clients;
  if (!first) throw new Error('nobody is there');
  first.ask();
  await expect.poll(() => first.received).toEqual(['before', 'answered', 'after']);
});

it('a crowd is written to a few in each turn of the event loop', async () => {
  const { io, lines, clients } = await openRoom(new Outlets(0), 40);
  io.to('room').emit('told', 1);
  const perTurn: number[] = [];
  const written = () => lines.filter(({ writes }) => writes > 0).length;
  for (let before = 0; before < lines.length; before = written()) {
    await turn();
    perTurn.push(written() - before);
  }
  expect(Math.max(...perTurn)).toBeLessThan(10);
  for (const { received } of clients) await expect.poll(() => received).toEqual([1]);
});

it('while there is more than a turn can write, notices wait for one another and answers do not', async () => {
  const { io, lines, clients } = await openRoom(new Outlets(0), 40);
  const numbers = Array.from({ length: 10 }, (_, index) => index);
  for (const number of numbers) {
    io.to('room').emit('told', number);
    for (let turns = 0; turns < 10; turns++) await turn();
  }
  for (const { received } of clients) await expect.poll(() => received).toEqual(numbers);
  const writes = lines.reduce((sum, it) => sum + it.writes, 0);
  expect(writes).toBeLessThan((lines.length * numbers.length) / 2);
  const [first] = clients;
  if (!first) throw new Error('nobody is there');
  io.to('room').emit('told', 'much');
  for (let turns = 0; turns < 10; turns++) await turn();
  first.ask();
  const expected = [...numbers, 'much', 'before', 'answered', 'after'];
  await expect.poll(() => first.received).toEqual(expected);
});

it('much at once does not wait: it is memory, and who reads it is not slow', async () => {
  const { io, lines, clients } = await openRoom(new Outlets(), 3);
  let most = 0;
  const texts = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(5000)}`);
  for (const text of texts) {
    io.to('room').emit('told', text);
    for (const { line } of lines) most = Math.max(most, line.request.socket.writableLength);
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  expect(most).toBeLessThan(100_000);
  for (const { received } of clients) await expect.poll(() => received).toEqual(texts);
});
