/**
 * `POST /__test/fault`: breaks the running server from within. Only `withFaults.ts` serves it, on a
 * port of its own; nothing of it is in what `npm start` runs.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { RunningServer } from '../../src/server.ts';

const DAY_MS = 86_400_000;
const ms = z
  .int()
  .min(-2 * DAY_MS)
  .max(2 * DAY_MS);

export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('signal-worker'),
    /** Its place among those that are alive. */
    worker: z.int().min(0),
    signal: z.enum(['SIGKILL', 'SIGSTOP']),
  }),
  /** Nothing else runs in Node for so long. */
  z.strictObject({ kind: z.literal('stall'), ms: ms.min(0) }),
  /** An error that nobody catches. */
  z.strictObject({ kind: z.literal('throw') }),
  z.strictObject({ kind: z.literal('reject') }),
  /** Ends the connections of a user without a word. */
  z.strictObject({ kind: z.literal('drop-socket'), userId: z.string() }),
  /** The wall clock is wrong by so much from now on. */
  z.strictObject({ kind: z.literal('shift-clock'), ms }),
  /** Collects garbage and tells how many bytes are held then; takes `--expose-gc`. */
  z.strictObject({ kind: z.literal('heap') }),
]);
export type Fault = z.output<typeof Fault>;

export const FAULT_PATH = '/__test/fault';

const RealDate = Date;

const shiftClock = (by: number): void => {
  const now = (): number => RealDate.now() + by;
  globalThis.Date = new Proxy(RealDate, {
    construct: (date, args: [] | [number | string]) =>
      args.length === 0 ? new date(now()) : new date(...args),
    get: (date, key, receiver): unknown => (key === 'now' ? now : Reflect.get(date, key, receiver)),
  });
};

const stall = (forMs: number): void => {
  const end = performance.now() + forMs;
  while (performance.now() < end);
};

const heldBytes = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What is told of it: how many were hit, or a number that was asked for. */
const inject = (server: RunningServer, fault: Fault): number => {
  switch (fault.kind) {
    case 'signal-worker': {
      const worker = server.pool.workers[fault.worker];
      if (!worker) return 0;
      process.kill(worker.pid, fault.signal);
      return 1;
    }
    case 'stall':
      setImmediate(stall, fault.ms);
      return 1;
    case 'throw':
      setImmediate(() => {
        throw new Error('thrown by the fault API');
      });
      return 1;
    case 'reject':
      void Promise.reject(new Error('rejected by the fault API'));
      return 1;
    case 'drop-socket': {
      const hit = [...server.connections].filter(({ user }) => user.id === fault.userId);
      for (const { socket } of hit) socket.conn.close(true);
      return hit.length;
    }
    case 'shift-clock':
      shiftClock(fault.ms);
      return 1;
    case 'heap':
      return heldBytes();
  }
};

/** Resolves with the URL to post to. */
export const serveFaults = async (server: RunningServer): Promise<string> => {
  const http = createServer((request, response) => {
    const answer = async (): Promise<[number, unknown]> => {
      if (request.method !== 'POST' || request.url !== FAULT_PATH) return [404, {}];
      const fault = Fault.safeParse(JSON.parse(await text(request)));
      if (!fault.success) return [400, { error: z.prettifyError(fault.error) }];
      return [200, { answer: inject(server, fault.data) }];
    };
    answer()
      .catch((error: unknown): [number, unknown] => [400, { error: String(error) }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      })
      .catch(() => {
        response.destroy();
      });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  http.unref();
  const { port } = http.address() as AddressInfo;
  return `http://127.0.0.1:${port}${FAULT_PATH}`;
};
