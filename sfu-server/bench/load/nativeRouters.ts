/** Routers of mediasoup alone, on the same worker as the product's: what forwarding itself costs. */
import type { Router, WebRtcTransport } from 'mediasoup/types';
import type { ConsumerParameters, TransportParameters } from '../../rtc-peer/index.ts';
import type { LocalDtlsParameters, ProducerRtpParameters } from '../../rtc-peer/wire.ts';
import { mediaCodecs } from '../../src/media/codecs.ts';
import type { MediaWorker } from '../../src/media/mediaWorker.ts';

interface Owned {
  readonly router: Router;
  readonly transport: WebRtcTransport;
}

export class NativeRouters {
  readonly #workers: readonly MediaWorker[];
  readonly #routers = new Map<string, { router: Router; worker: MediaWorker }>();
  readonly #transports = new Map<string, Owned>();

  constructor(workers: readonly MediaWorker[]) {
    this.#workers = workers;
  }

  async create(): Promise<{ routerId: string }> {
    const [worker] = this.#workers;
    if (!worker) throw new Error('no worker is up');
    const router = await worker.worker.createRouter({ mediaCodecs });
    this.#routers.set(router.id, { router, worker });
    return { routerId: router.id };
  }

  async createTransport(routerId: string): Promise<TransportParameters> {
    const found = this.#routers.get(routerId);
    if (!found) throw new Error(`there is no native router ${routerId}`);
    const { router, worker } = found;
    const transport = await router.createWebRtcTransport({ webRtcServer: worker.webRtcServer });
    this.#transports.set(transport.id, { router, transport });
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters };
  }

  async connect(transportId: string, dtlsParameters: LocalDtlsParameters): Promise<null> {
    await this.#of(transportId).transport.connect({ dtlsParameters });
    return null;
  }

  async produce(
    transportId: string,
    rtpParameters: ProducerRtpParameters,
  ): Promise<{ producerId: string }> {
    const { transport } = this.#of(transportId);
    const producer = await transport.produce({ kind: 'audio', rtpParameters });
    return { producerId: producer.id };
  }

  consume(transportId: string, producerIds: readonly string[]): Promise<ConsumerParameters[]> {
    const { transport, router } = this.#of(transportId);
    const { rtpCapabilities } = router;
    return Promise.all(
      producerIds.map(async (producerId) => {
        // As the product consumes microphones.
        const options = { producerId, rtpCapabilities, enableRtx: true };
        const { id, kind, rtpParameters } = await transport.consume(options);
        return { consumerId: id, kind, rtpParameters };
      }),
    );
  }

  #of(transportId: string): Owned {
    const owned = this.#transports.get(transportId);
    if (!owned) throw new Error(`there is no native transport ${transportId}`);
    return owned;
  }
}
