/**
 * The whole server in a process of its own, for benchmarks: the product as it is, and beside it what
 * only a benchmark needs, at its mediasoup objects: listeners without WebRTC, and routers without
 * anything of ours. The product knows nothing of this.
 */
import pino from 'pino';
import { loadSettings } from '../../src/config/load.ts';
import { startServer } from '../../src/server.ts';
import { answerParent } from './ipc.ts';
import { NativeRouters } from './nativeRouters.ts';
import { PlainListeners } from './plainListeners.ts';

const CLOSED_WITHIN_MS = 8000;

const settings = loadSettings(process.env);
const log = pino({ level: settings.log.level }, pino.destination(2));
const starting = startServer(settings, log);

/** Whoever started it is gone, or has seen enough. */
const end = (): void => {
  // Workers that end while much is under way complain of closed pipes.
  log.level = 'silent';
  setTimeout(() => process.exit(1), CLOSED_WITHIN_MS);
  void starting.then((server) => server.close()).finally(() => process.exit(0));
};
process.once('disconnect', end);
// Gone before anybody listened.
if (!process.connected) end();

const server = await starting;
const { pool } = server;
const plain = new PlainListeners(pool.workers.map(({ worker }) => worker));
const native = new NativeRouters(pool.workers);

answerParent({
  ready: () =>
    Promise.resolve({
      url: `http://127.0.0.1:${server.port}`,
      workers: pool.workers.map(({ pid }) => pid),
    }),
  heapAfterCollection: () => {
    global.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return Promise.resolve({ usedKb: (heapUsed + external) / 1024 });
  },
  newestRouter: () => Promise.resolve({ routerId: plain.newestRouter() }),
  addListeners: (added) => plain.add(added),
  dropListeners: ({ routerId, count }) => {
    plain.drop(routerId, count);
    return Promise.resolve(null);
  },
  nativeRouter: () => native.create(),
  nativeTransport: ({ routerId }) => native.createTransport(routerId),
  nativeConnect: ({ transportId, dtlsParameters }) => native.connect(transportId, dtlsParameters),
  nativeProduce: ({ transportId, rtpParameters }) => native.produce(transportId, rtpParameters),
  nativeConsume: ({ transportId, producerIds }) => native.consume(transportId, producerIds),
});
