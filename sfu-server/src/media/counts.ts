/** How many of mediasoup's objects are alive; all zero means that nothing leaked. */
import type { Worker } from 'mediasoup/types';

export interface MediaCounts {
  routers: number;
  transports: number;
  producers: number;
  consumers: number;
}

interface Closing {
  once(event: 'close', listener: () => void): unknown;
}

export class MediaCounter {
  readonly counts: MediaCounts = { routers: 0, transports: 0, producers: 0, consumers: 0 };

  /** Counts all that this worker ever makes. */
  watch(worker: Worker): void {
    worker.observer.on('newrouter', (router) => {
      this.#count('routers', router.observer);
      router.observer.on('newtransport', (transport) => {
        this.#count('transports', transport.observer);
        transport.observer.on('newproducer', (producer) => {
          this.#count('producers', producer.observer);
        });
        transport.observer.on('newconsumer', (consumer) => {
          this.#count('consumers', consumer.observer);
        });
      });
    });
  }

  #count(kind: keyof MediaCounts, observer: Closing): void {
    this.counts[kind]++;
    observer.once('close', () => {
      this.counts[kind]--;
    });
  }
}
