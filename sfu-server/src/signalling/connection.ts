/** One device's signalling socket, from its handshake to its end. */
import type { User } from '@veche/protocol';
import type { Socket } from 'socket.io';
import type { Address } from '../app/ports.ts';
import { addressKey } from '../app/ports.ts';

export class Connection {
  readonly socket: Socket;
  readonly address: Address;
  /** Grows with every connection; the later one of a device is the true one. */
  readonly generation: number;
  /** Requests under way. */
  pending = 0;
  readonly #gone = new AbortController();
  #user: User;

  constructor(socket: Socket, user: User, address: Address, generation: number) {
    this.socket = socket;
    this.address = address;
    this.generation = generation;
    this.#user = user;
  }

  get key(): string {
    return addressKey(this.address);
  }

  get user(): User {
    return this.#user;
  }

  /** Aborted when the connection is over. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  rename(user: User): void {
    this.#user = user;
  }

  end(): void {
    this.#gone.abort();
  }
}
