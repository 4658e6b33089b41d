/** Sends notices through socket.io. A notice of a room never overtakes the ack of its join. */
import type { NoticeInput, NoticeName, RoomId } from '@veche/protocol';
import type { Server } from 'socket.io';
import type { Address, Notifier } from '../app/ports.ts';
import { addressKey } from '../app/ports.ts';
import type { Connection } from './connection.ts';

interface Waiting {
  readonly connection: Connection;
  readonly notices: { name: NoticeName; payload: unknown }[];
}

export class SocketNotifier implements Notifier {
  readonly #io: Server;
  readonly #connections = new Map<string, Connection>();
  /** Devices between their join and its ack, by room. */
  readonly #waiting = new Map<RoomId, Map<string, Waiting>>();

  constructor(io: Server) {
    this.#io = io;
  }

  /** The connection of its device from now on. */
  attach(connection: Connection): void {
    this.#connections.set(connection.key, connection);
  }

  /** Forgets a connection, unless its device has a newer one. */
  detach(connection: Connection): void {
    if (this.#connections.get(connection.key) === connection) {
      this.#connections.delete(connection.key);
    }
    for (const [roomId, waiting] of this.#waiting) {
      if (waiting.get(connection.key)?.connection === connection)
        this.#forget(roomId, connection.key);
    }
  }

  connectionOf(address: Address): Connection | undefined {
    return this.#connections.get(addressKey(address));
  }

  get connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  toRoom<N extends NoticeName>(
    roomId: RoomId,
    name: N,
    payload: NoticeInput<N>,
    { lossy }: { readonly lossy: boolean } = { lossy: false },
  ): void {
    const listeners = this.#io.to(roomId);
    (lossy ? listeners.volatile : listeners).emit(name, payload);
    for (const { notices } of this.#waiting.get(roomId)?.values() ?? []) {
      notices.push({ name, payload });
    }
  }

  toDevice<N extends NoticeName>(to: Address, name: N, payload: NoticeInput<N>): void {
    this.#connections.get(addressKey(to))?.socket.emit(name, payload);
  }

  listenAfterAck(device: Address, roomId: RoomId): void {
    const connection = this.#connections.get(addressKey(device));
    if (!connection) return;
    void connection.socket.leave(roomId);
    const waiting = this.#waiting.get(roomId) ?? new Map<string, Waiting>();
    this.#waiting.set(roomId, waiting.set(connection.key, { connection, notices: [] }));
  }

  /** The ack of the join is sent: now the notices since then, and all that follow. */
  startListening(device: Address, roomId: RoomId): void {
    const key = addressKey(device);
    const waiting = this.#waiting.get(roomId)?.get(key);
    if (!waiting) return;
    this.#forget(roomId, key);
    const { socket } = waiting.connection;
    void socket.join(roomId);
    for (const { name, payload } of waiting.notices) socket.emit(name, payload);
  }

  stopListening(device: Address, roomId: RoomId): void {
    const key = addressKey(device);
    this.#forget(roomId, key);
    void this.#connections.get(key)?.socket.leave(roomId);
  }

  #forget(roomId: RoomId, key: string): void {
    const waiting = this.#waiting.get(roomId);
    waiting?.delete(key);
    if (waiting?.size === 0) this.#waiting.delete(roomId);
  }
}
