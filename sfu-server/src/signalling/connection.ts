/** One device's signalling socket, from its handshake to its end. */
import type { DisconnectReason, User } from '@veche/protocol';
import type { Socket } from 'socket.io';
import type { Address, Identity } from '../app/ports.ts';
import { addressKey } from '../app/ports.ts';
import type { SignedIn } from './handshake.ts';

/** Time for the reason to get out. */
const LAST_WORD_MS = 1000;

export class Connection {
  readonly socket: Socket;
  readonly address: Address;
  readonly networkAddress: string;
  /** Grows with every connection; the later one of a device is the true one. */
  readonly generation: number;
  /** Requests under way. */
  pending = 0;
  /** It was told that it ends. */
  ending = false;
  readonly #gone = new AbortController();
  #identity: Identity;

  constructor(
    socket: Socket,
    { identity, deviceId, networkAddress }: SignedIn,
    generation: number,
  ) {
    this.socket = socket;
    this.address = { userId: identity.user.id, deviceId };
    this.networkAddress = networkAddress;
    this.generation = generation;
    this.#identity = identity;
  }

  get key(): string {
    return addressKey(this.address);
  }

  get user(): User {
    return this.#identity.user;
  }

  /** The token that it holds by, and whose it is. */
  get identity(): Identity {
    return this.#identity;
  }

  /** Aborted when the connection is over. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  rename(user: User): void {
    this.#identity = { ...this.#identity, user };
  }

  /** Goes on with a newer token. */
  renew(identity: Identity): void {
    this.#identity = identity;
  }

  /** Tells the client why, and ends; one that does not take the word in time is cut off. */
  disconnect(reason: DisconnectReason): void {
    this.ending = true;
    this.socket.emit('disconnected', { reason });
    // From now on nothing that it sends is parsed.
    this.socket.disconnect(true);
    const { socket: tcp } = this.socket.request;
    setTimeout(() => {
      tcp.destroy();
    }, LAST_WORD_MS).unref();
  }

  end(): void {
    this.#gone.abort();
  }
}
