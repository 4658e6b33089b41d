/** A real server with a real worker on free ports, and its leak oracle. */
import pino from 'pino';
import type { Logger } from 'pino';
import { testSettings } from '../../src/config/load.ts';
import { startServer } from '../../src/server.ts';
import type { RunningServer } from '../../src/server.ts';
import { TestClient } from './testClient.ts';
import type { ClientOptions } from './testClient.ts';
import { until } from './wait.ts';

export interface TestServer {
  readonly url: string;
  readonly running: RunningServer;
  /** Signs a guest in and connects; disconnected when the server stops. */
  connect(name: string, options?: Partial<ClientOptions>): Promise<TestClient>;
  /** Disconnects everyone and waits until nothing is left of them. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** How long the media of those who left may take to close. */
const CLOSED_WITHIN_MS = 2000;

/** Waits until there are no calls and no media, and nobody is claimed or waited for. */
export const nothingIsLeft = async ({ pool, calls, rooms }: RunningServer): Promise<void> => {
  const left = () => ({ ...pool.counts, calls: calls.counts, liveRooms: rooms.rooms.length });
  await until(
    () =>
      rooms.rooms.length === 0 &&
      [pool.counts, calls.counts].every((counts) =>
        Object.values(counts).every((count) => count === 0),
      ),
    () => `nothing is left of rooms, media and calls: ${JSON.stringify(left())}`,
    CLOSED_WITHIN_MS,
  );
};

export const startTestServer = async (
  settings: Parameters<typeof testSettings>[0] = {},
  log: Logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
): Promise<TestServer> => {
  const workerBin = process.env['MEDIASOUP_WORKER_BIN'] ?? '';
  const base = testSettings(settings);
  const running = await startServer({ ...base, media: { ...base.media, workerBin } }, log);
  const url = `http://127.0.0.1:${running.port}`;
  const clients = new Set<TestClient>();
  const reset = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    clients.clear();
    for (const room of running.rooms.rooms) room.close();
    running.calls.close();
    await nothingIsLeft(running);
  };
  return {
    url,
    running,
    connect: async (name, options = {}) => {
      const client = await TestClient.connect(url, { name, ...options });
      clients.add(client);
      return client;
    },
    reset,
    stop: async () => {
      await reset();
      await running.close();
    },
  };
};
