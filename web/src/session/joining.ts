/** Joins, and joins again after each reconnect, until the room is left or refuses. */
import type { Data, ErrorCode, PayloadInput, RefusalReason } from '@veche/protocol';
import { Backoff, SIGNALLING_JITTER, SIGNALLING_STEPS } from './backoff.ts';
import type { Connection } from './connection.ts';
import { isPassing, RequestError } from './errors.ts';
import type { Place } from './place.ts';
import type { Log, Timers } from './ports.ts';

/** A first join that is refused for load this often is given up; a later one never is. */
const FIRST_TRIES = 5;

/** Nothing where there is media already, or where this browser does not know yet what it can do. */
export type MediaWanted = PayloadInput<'room:join'>['media'];

export interface JoiningPorts {
  readonly connection: Connection;
  readonly entry: Place['entry'];
  /** What the server is to make along with the join; see `MediaWanted`. */
  readonly media: () => MediaWanted | Promise<MediaWanted>;
  /** Before each request. */
  readonly asking: () => void;
  readonly joined: (data: Data<'room:join'>) => void;
  /** `banMs`: how much longer they are banned, where that is why and it is known. */
  readonly refused: (why: ErrorCode | RefusalReason, banMs?: number) => void;
  readonly timers: Timers;
  readonly log: Log;
}

export class Joining {
  readonly #ports: JoiningPorts;
  readonly #backoff: Backoff;
  #needed = false;
  #running: Promise<void> | null = null;
  #stopWaiting: () => void = () => undefined;
  #asking = false;
  #joinedOnce = false;
  #closed = false;

  constructor(ports: JoiningPorts) {
    this.#ports = ports;
    this.#backoff = new Backoff(ports.timers, SIGNALLING_STEPS, SIGNALLING_JITTER);
  }

  /** A request that is under way is as good as a new one; one of a lost connection fails by itself. */
  join(): void {
    if (this.#isClosed() || this.#asking) return;
    this.#needed = true;
    this.#stopWaiting();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when no request is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting();
    await this.#running;
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  async #run(): Promise<void> {
    const { connection, log } = this.#ports;
    while (this.#needed && !this.#isClosed() && connection.online) {
      this.#needed = false;
      const welcome = connection.welcome.current;
      try {
        await this.#ask();
      } catch (error) {
        if (this.#isClosed()) return;
        log.warn('join failed', error);
        if (!this.#mayRetry(error)) {
          if (error instanceof RequestError) {
            this.#ports.refused(error.reason ?? error.code, error.banMs);
          } else this.#ports.refused('INTERNAL');
          return;
        }
        this.#needed = true;
        // After a reconnect at once; the server had no part in it.
        if (this.#isStill(welcome)) {
          await this.#wait(this.#backoff.next());
        }
      }
    }
  }

  async #ask(): Promise<void> {
    const { connection, entry, asking, joined } = this.#ports;
    asking();
    this.#asking = true;
    try {
      // Only waited for if need be: otherwise the request goes out in this very tick.
      const wanted = this.#ports.media();
      const media = wanted instanceof Promise ? await wanted : wanted;
      if (this.#isClosed()) return;
      const data = await connection.request('room:join', {
        ...entry,
        ...(media === undefined ? {} : { media }),
      });
      this.#asking = false;
      if (this.#isClosed()) return;
      this.#joinedOnce = true;
      this.#backoff.reset();
      joined(data);
    } finally {
      this.#asking = false;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#ports.timers.after(ms, resolve);
      this.#stopWaiting = () => {
        cancel();
        resolve();
      };
    });
  }

  #isStill(welcome: unknown): boolean {
    const { connection } = this.#ports;
    return connection.online && connection.welcome.current === welcome;
  }

  #mayRetry(error: unknown): boolean {
    if (!isPassing(error)) return false;
    // Without an answer the server is not to blame.
    const refused = error instanceof RequestError && error.answered;
    return this.#joinedOnce || !refused || this.#backoff.tries + 1 < FIRST_TRIES;
  }
}
