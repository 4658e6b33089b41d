/** Prometheus metrics of this process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Recoveries } from './recoveries.ts';

/** What is counted when somebody asks. */
export interface Gauges {
  readonly connections: () => number;
  readonly rooms: () => number;
  readonly participants: () => number;
  readonly workers: () => number;
  readonly routers: () => number;
  readonly transports: () => number;
  readonly producers: () => number;
  readonly consumers: () => number;
  readonly listener_places: () => number;
}

/** The share of a core that each worker uses, by its place in the pool. */
export type WorkerLoads = () => readonly { readonly index: number; readonly cpu: number }[];

/** Calls by state, counted when somebody asks. */
export type CallCounts = () => { readonly ringing: number; readonly active: number };

const HELP: Record<keyof Gauges, string> = {
  connections: 'Signalling connections',
  rooms: 'Rooms with people in them',
  participants: 'Seats taken',
  workers: 'mediasoup workers that are up',
  routers: 'Routers',
  transports: 'WebRTC transports',
  producers: 'Producers',
  consumers: 'Consumers',
  listener_places: 'About how many more listeners of large rooms fit',
};

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'request' | 'outcome'>;
  readonly #duration: Histogram<'request'>;
  readonly #callsEnded: Counter<'reason'>;

  constructor(gauges: Gauges, calls: CallCounts, loads: WorkerLoads, recoveries: Recoveries) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    for (const counter of recoveries.counters) this.#registry.registerMetric(counter);
    for (const name of Object.keys(HELP) as (keyof Gauges)[]) {
      new Gauge({
        name: `veche_${name}`,
        help: HELP[name],
        registers,
        collect() {
          this.set(gauges[name]());
        },
      });
    }
    new Gauge({
      name: 'veche_calls',
      help: 'Calls by state',
      labelNames: ['state'],
      registers,
      collect() {
        const { ringing, active } = calls();
        this.set({ state: 'ringing' }, ringing);
        this.set({ state: 'active' }, active);
      },
    });
    new Gauge({
      name: 'veche_worker_load',
      help: 'Share of a core that each media worker uses; absent for one that is down',
      labelNames: ['worker'],
      registers,
      collect() {
        this.reset();
        for (const { index, cpu } of loads()) this.set({ worker: index }, cpu);
      },
    });
    this.#callsEnded = new Counter({
      name: 'veche_calls_ended_total',
      help: 'Calls that are over and attempts that were not placed, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#requests = new Counter({
      name: 'veche_requests_total',
      help: 'Requests by name and outcome',
      labelNames: ['request', 'outcome'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'veche_request_seconds',
      help: 'Time from a request to its ack',
      labelNames: ['request'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 4],
      registers,
    });
  }

  answered(request: string, outcome: string, ms: number): void {
    this.#requests.inc({ request, outcome });
    this.#duration.observe({ request }, ms / 1000);
  }

  callEnded(reason: string): void {
    this.#callsEnded.inc({ reason });
  }

  async read(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
