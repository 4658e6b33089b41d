/**
 * What flows over each WebSocket. Bytes are counted as they come off the network, before anything is
 * parsed; who sends too many, or does not read what is sent, is cut.
 */
import type { DisconnectReason } from '@veche/protocol';
import type { Socket } from 'socket.io';
import type { Timers } from '../app/ports.ts';
import type { Settings } from '../config/settings.ts';
import { fullBucket, take } from '../domain/tokenBucket.ts';
import { bytesOf, dropText } from './frames.ts';
import type { Packet } from './frames.ts';

/** engine.io's side of a socket: there before anyone has signed in on it. */
export type Line = Socket['conn'];

type Limits = Pick<
  Settings['limits'],
  'bytesPerSecond' | 'byteBurst' | 'queuedMessages' | 'queuedBytes'
> &
  Pick<Settings['signalling'], 'slowMs'>;

export interface TrafficParts {
  readonly limits: Limits;
  readonly timers: Timers;
  /** How often it looks who does not read, ms. */
  readonly everyMs: number;
  readonly end: (line: Line, reason: DisconnectReason) => void;
}

/** What waits to be handed to the network. */
interface Queue {
  messages: number;
  bytes: number;
  /** Since when it is too much, monotonic ms. */
  tooMuchSince: number | null;
}

/** So many times what may wait is not waited with: memory is all that a slow reader can take. */
const FAR_TOO_MUCH = 2;

export class Traffic {
  readonly #parts: TrafficParts;
  readonly #queues = new Map<Line, Queue>();
  readonly #stop: () => void;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
    this.#stop = parts.timers.every(parts.everyMs, () => {
      this.#look();
    });
  }

  watch(line: Line): void {
    this.#countIncoming(line);
    const queue: Queue = { messages: 0, bytes: 0, tooMuchSince: null };
    this.#queues.set(line, queue);
    line.on('packetCreate', (packet: Packet) => {
      queue.messages++;
      queue.bytes += bytesOf(packet);
      dropText(packet);
      const { limits, end } = this.#parts;
      if (waiting(line, queue) > limits.queuedBytes * FAR_TOO_MUCH && this.#queues.delete(line)) {
        // Not in the midst of what is being sent to it.
        setImmediate(end, line, 'slow_reader' satisfies DisconnectReason);
      }
    });
    // All that waited is handed over at once.
    line.on('flush', () => {
      queue.messages = 0;
      queue.bytes = 0;
    });
    line.once('close', () => {
      this.#queues.delete(line);
    });
  }

  close(): void {
    this.#stop();
  }

  #countIncoming(line: Line): void {
    const { limits, end } = this.#parts;
    const rate = { perSecond: limits.bytesPerSecond, burst: limits.byteBurst };
    let bucket = fullBucket(rate, performance.now());
    // Before the WebSocket's own listener: what is over the budget is not parsed any more.
    line.request.socket.prependListener('data', (chunk: Buffer) => {
      const taken = take(bucket, rate, performance.now(), chunk.length);
      bucket = taken.bucket;
      if (!taken.allowed) end(line, 'flooding');
    });
  }

  #look(): void {
    const { limits, end } = this.#parts;
    const now = performance.now();
    for (const [line, queue] of this.#queues) {
      const bytes = waiting(line, queue);
      if (queue.messages <= limits.queuedMessages && bytes <= limits.queuedBytes) {
        queue.tooMuchSince = null;
      } else {
        queue.tooMuchSince ??= now;
        if (now - queue.tooMuchSince >= limits.slowMs) end(line, 'slow_reader');
      }
    }
  }
}

/** Bytes that wait here and in the socket. */
const waiting = (line: Line, { bytes }: Queue): number =>
  bytes + line.request.socket.writableLength;
