/** Ends connections whose token is over while they last: it expired, or it was revoked. */
import type { DisconnectReason } from '@veche/protocol';
import type { Logger } from 'pino';
import type { Clock, RevocationStore, Timers } from '../app/ports.ts';
import type { Connection } from './connection.ts';

export interface TokenWatchParts {
  readonly connections: () => Iterable<Connection>;
  readonly revocations: Pick<RevocationStore, 'isRevoked' | 'foreignChanges'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** How often it looks, ms. */
  readonly everyMs: number;
  /** How long after its time a token still counts, as when it is checked at a connect, ms. */
  readonly skewMs: number;
  readonly end: (connection: Connection, reason: DisconnectReason) => void;
  /** Ends what is kept for those whose signal is lost, where their token was revoked. */
  readonly expelRevoked: () => void;
}

export class TokenWatch {
  readonly #parts: TokenWatchParts;
  readonly #stop: () => void;
  #changes: number;

  constructor(parts: TokenWatchParts) {
    this.#parts = parts;
    this.#changes = parts.revocations.foreignChanges();
    this.#stop = parts.timers.every(parts.everyMs, () => {
      try {
        this.#look();
      } catch (error) {
        // What cannot be read must not end the server; nobody is let in meanwhile.
        parts.log.error({ err: error }, 'Tokens not looked over');
      }
    });
  }

  /** Something was revoked here. */
  endRevoked(): void {
    const { connections, revocations, end } = this.#parts;
    for (const connection of [...connections()]) {
      if (revocations.isRevoked(connection.identity)) end(connection, 'token_revoked');
    }
    this.#parts.expelRevoked();
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const { connections, revocations, clock, skewMs, end } = this.#parts;
    // The operator revokes from a process of its own.
    const changes = revocations.foreignChanges();
    if (changes !== this.#changes) this.endRevoked();
    this.#changes = changes;
    const now = clock.now();
    for (const connection of [...connections()]) {
      if (now > connection.identity.expiresAt + skewMs) end(connection, 'token_expired');
    }
  }
}
