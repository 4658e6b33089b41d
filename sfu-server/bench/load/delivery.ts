/**
 * Which of the packets that speakers send reach the listeners, and how late. Pure: times are
 * arguments, monotonic ms. A listener's packet costs no allocation.
 */
import { indexOf } from './marks.ts';

const REMEMBERED = 128;
const BUCKETS_PER_MS = 10;
/** Later than this a packet cannot be told from the next of its length. */
const LATEST_MS = 2500;

/** Delays to 0.1 ms. */
export class DelayHistogram {
  readonly #counts = new Uint32Array(LATEST_MS * BUCKETS_PER_MS + 1);
  #total = 0;

  add(ms: number): void {
    const bucket = Math.min(Math.max(Math.round(ms * BUCKETS_PER_MS), 0), this.#counts.length - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The smallest delay that at least `share` (0 … 1) of them do not exceed; NaN of none. */
  percentile(share: number): number {
    if (this.#total === 0) return NaN;
    const rank = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return bucket / BUCKETS_PER_MS;
    }
    return NaN;
  }
}

interface Sent {
  readonly times: Float64Array;
  /** Whether anybody heard it, 0 or 1. */
  readonly passed: Uint8Array;
  /** Of the last packet; −1 before the first. */
  newest: number;
  /** The first one that counts. */
  first: number;
  /** The last one that counts. */
  last: number;
}

export interface Delivered {
  /** Packets that speakers sent. */
  readonly sent: number;
  /** Those of them that reached somebody: what goes through slots is chosen. */
  readonly passed: number;
  /** Packets that arrived, at all listeners together. */
  readonly heard: number;
  /** Share of those that should have arrived and did not, 0 … 1. */
  readonly loss: number;
  /** From the speaker's send to the listener's receive, ms. */
  readonly p50: number;
  readonly p99: number;
}

export class Delivery {
  readonly #speakers = new Map<number, Sent>();
  readonly #delays = new DelayHistogram();
  #heard = 0;
  #passed = 0;

  /** A speaker sends a packet; its index, for the mark. @param speaker its CSRC */
  send(speaker: number, now: number): number {
    let sent = this.#speakers.get(speaker);
    if (!sent) {
      sent = {
        times: new Float64Array(REMEMBERED),
        passed: new Uint8Array(REMEMBERED),
        ...{ newest: -1, first: Infinity, last: Infinity },
      };
      this.#speakers.set(speaker, sent);
    }
    sent.newest++;
    sent.times[sent.newest % REMEMBERED] = now;
    sent.passed[sent.newest % REMEMBERED] = 0;
    return sent.newest;
  }

  /** A listener got a packet. */
  arrive(speaker: number, payloadBytes: number, now: number): void {
    const sent = this.#speakers.get(speaker);
    if (!sent) return;
    const index = indexOf(payloadBytes, sent.newest);
    if (index < sent.first || index > sent.last) return;
    const place = index % REMEMBERED;
    this.#heard++;
    if (sent.passed[place] === 0) {
      sent.passed[place] = 1;
      this.#passed++;
    }
    this.#delays.add(now - (sent.times[place] ?? NaN));
  }

  /** Packets sent from now on count. */
  start(): void {
    this.#heard = 0;
    this.#passed = 0;
    this.#delays.clear();
    for (const sent of this.#speakers.values()) {
      sent.first = sent.newest + 1;
      sent.last = Infinity;
    }
  }

  /** Packets sent from now on do not count; those under way still do. */
  stop(): void {
    for (const sent of this.#speakers.values()) sent.last = sent.newest;
  }

  /**
   * @param listenersOfEach how many should hear each of the speakers
   * @param of which packets they should hear: all, or where the server chooses, what it passed on
   */
  result(listenersOfEach: number, of: 'sent' | 'passed' = 'sent'): Delivered {
    const sent = [...this.#speakers.values()]
      .map(({ first, last }) => (first === Infinity ? 0 : last - first + 1))
      .reduce((sum, count) => sum + count, 0);
    const passed = this.#passed;
    const expected = { sent, passed }[of] * listenersOfEach;
    return {
      ...{ sent, passed },
      heard: this.#heard,
      loss: expected === 0 ? NaN : 1 - this.#heard / expected,
      p50: this.#delays.percentile(0.5),
      p99: this.#delays.percentile(0.99),
    };
  }
}
