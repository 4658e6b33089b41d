/**
 * Listeners by PlainTransport and SRTP, on the routers of the product: as much work for the worker as
 * a listener in a browser, and much less for whoever receives.
 */
import type { PlainTransport, Producer, Router, Worker } from 'mediasoup/types';
import { randomBytes } from 'node:crypto';
import type { ServerRequests, Sink } from './ipc.ts';

const SUITE = 'AEAD_AES_128_GCM';
/** Key and salt of that suite. */
const KEY_BYTES = 28;
const AT_ONCE = 20;

type Added = ServerRequests['addListeners']['in'];

interface Watched {
  readonly router: Router;
  /** Producers that the server itself feeds. */
  readonly slots: Set<Producer>;
  /** Producers of people. */
  readonly microphones: Set<Producer>;
  readonly listeners: PlainTransport[];
}

export class PlainListeners {
  /** In the order of their making. */
  readonly #routers = new Map<string, Watched>();

  constructor(workers: readonly Worker[]) {
    for (const worker of workers) {
      worker.observer.on('newrouter', (router) => {
        this.#watch(router);
      });
    }
  }

  newestRouter(): string {
    const newest = [...this.#routers.keys()].at(-1);
    if (newest === undefined) throw new Error('there is no router');
    return newest;
  }

  /** @returns how many consumers these listeners have, together */
  async add({ routerId, of, count, speaking, sink }: Added): Promise<{ consumers: number }> {
    const watched = this.#of(routerId);
    const producers = [...watched[of]];
    let consumers = 0;
    for (let made = 0; made < count; made += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - made) }, async (_, index) => {
        // Nobody consumes their own microphone; which slot is theirs changes.
        const own = of === 'microphones' && made + index < speaking ? made + index : -1;
        const others = producers.filter((_, place) => place !== own);
        watched.listeners.push(await listen(watched.router, others, sink));
        consumers += others.length;
      });
      await Promise.all(batch);
    }
    return { consumers };
  }

  /** The last `count` of them leave. */
  drop(routerId: string, count: number): void {
    const { listeners } = this.#of(routerId);
    for (const transport of listeners.splice(Math.max(0, listeners.length - count))) {
      transport.close();
    }
  }

  #of(routerId: string): Watched {
    const watched = this.#routers.get(routerId);
    if (!watched) throw new Error(`there is no router ${routerId}`);
    return watched;
  }

  #watch(router: Router): void {
    const watched = {
      router,
      slots: new Set<Producer>(),
      microphones: new Set<Producer>(),
      listeners: [],
    };
    this.#routers.set(router.id, watched);
    router.observer.once('close', () => this.#routers.delete(router.id));
    router.observer.on('newtransport', (transport) => {
      const kind = transport.type === 'direct' ? watched.slots : watched.microphones;
      transport.observer.on('newproducer', (producer) => {
        kind.add(producer);
        producer.observer.once('close', () => kind.delete(producer));
      });
    });
  }
}

const listen = async (
  router: Router,
  producers: readonly Producer[],
  sink: Sink,
): Promise<PlainTransport> => {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: true,
    enableSrtp: true,
    srtpCryptoSuite: SUITE,
  });
  const keyBase64 = randomBytes(KEY_BYTES).toString('base64');
  await transport.connect({ ...sink, srtpParameters: { cryptoSuite: SUITE, keyBase64 } });
  const { rtpCapabilities } = router;
  await Promise.all(
    producers.map(({ id }) => transport.consume({ producerId: id, rtpCapabilities })),
  );
  return transport;
};
