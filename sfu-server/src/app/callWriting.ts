/**
 * Writes calls down. People go on talking even if the disk is full; what could not be written is
 * written when it can be, so that nobody loses a missed call, and a start finds no call that was over.
 */
import type { CallId } from '@veche/protocol';
import type { Logger } from 'pino';
import type { CallRecord } from '../domain/call.ts';
import type { CallStore, Timers } from './ports.ts';

export interface CallWritingParts {
  readonly store: Pick<CallStore, 'write'>;
  readonly timers: Timers;
  readonly log: Logger;
}

const RETRY_MS = 1000;
/** More are not kept in memory: the oldest are given up. */
const MOST_WAITING = 10_000;

export class CallWriting {
  readonly #parts: CallWritingParts;
  /** Each as it is by now. */
  readonly #waiting = new Map<CallId, CallRecord>();
  #cancelRetry: (() => void) | null = null;

  constructor(parts: CallWritingParts) {
    this.#parts = parts;
  }

  write(record: CallRecord): void {
    this.#waiting.set(record.id, record);
    // Where one could not be written the next need not try, and hold up everyone.
    if (this.#cancelRetry === null) this.#writeAll();
    else this.#giveUpOldest();
  }

  /** The last try: the server goes down. */
  close(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (!this.#writeWaiting()) this.#parts.log.error({ calls: this.#waiting.size }, 'Calls lost');
  }

  #writeAll(): void {
    if (this.#writeWaiting()) return;
    this.#cancelRetry = this.#parts.timers.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      this.#writeAll();
    });
  }

  /** False where one cannot be written: it and those after it wait. Next time it is the last. */
  #writeWaiting(): boolean {
    for (const [callId, record] of this.#waiting) {
      this.#waiting.delete(callId);
      try {
        this.#parts.store.write(record);
      } catch (error) {
        this.#waiting.set(callId, record);
        this.#parts.log.error({ callId, err: error }, 'Call not written down yet');
        return false;
      }
    }
    return true;
  }

  #giveUpOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size <= MOST_WAITING || oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#parts.log.error({ callId: oldest }, 'Call lost');
  }
}
