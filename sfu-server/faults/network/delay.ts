/**
 * A detour for UDP that takes its time, on a thread of its own. Packets wait independently of one
 * another: where the delays differ by more than the packets are apart, they overtake.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as z from 'zod';

/** Each way, ms: from `meanMs - jitterMs` to `meanMs + jitterMs`, all equally likely. */
const Delay = z.strictObject({ meanMs: z.number(), jitterMs: z.number() });
export type Delay = z.output<typeof Delay>;

const Target = z.strictObject({ host: z.string(), port: z.int() });
const Task = z.strictObject({ target: Target, delay: Delay });

/** Resolves with the port at which the detour begins, on the target's own address. */
export const layDelay = async (target: z.output<typeof Target>, delay: Delay): Promise<number> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: { target, delay } });
  worker.unref();
  const [port] = (await once(worker, 'message')) as [number];
  return port;
};

const open = async (host: string): Promise<Socket> => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
};

const serve = async ({ target, delay }: z.output<typeof Task>): Promise<number> => {
  const later = (act: () => void): void => {
    setTimeout(act, delay.meanMs + delay.jitterMs * (2 * Math.random() - 1));
  };
  /** For each sender a way on, which knows where answers go. */
  const ways = new Map<string, Promise<Socket>>();
  const entrance = await open(target.host);
  const layWay = async (port: number, address: string): Promise<Socket> => {
    const way = await open(target.host);
    way.on('message', (packet) => {
      later(() => {
        entrance.send(packet, port, address);
      });
    });
    return way;
  };
  entrance.on('message', (packet, { port, address }) => {
    const key = `${address}:${port}`;
    const way = ways.get(key) ?? layWay(port, address);
    ways.set(key, way);
    later(() => {
      void way.then((socket) => {
        socket.send(packet, target.port, target.host);
      });
    });
  });
  return entrance.address().port;
};

if (!isMainThread) parentPort?.postMessage(await serve(Task.parse(workerData)));
