/** The socket.io server: connections come, send requests, and go. */
import type { DeviceId, DisconnectReason, ErrorCode, NoticeInput, User } from '@veche/protocol';
import { PROTOCOL_VERSION } from '@veche/protocol';
import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';
import type { CallService } from '../app/callService.ts';
import type { PeopleService } from '../app/peopleService.ts';
import type { Address, AddressLimit, Clock, Identity } from '../app/ports.ts';
import type { PresenceService } from '../app/presenceService.ts';
import type { RoomService } from '../app/roomService.ts';
import type { Settings } from '../config/settings.ts';
import { Connection } from './connection.ts';
import type { Dispatcher } from './dispatch.ts';
import { fairSocketServer } from './fairSockets.ts';
import { ConnectError, signIn } from './handshake.ts';
import type { SignedIn } from './handshake.ts';
import type { LoopTurns } from './loopTurns.ts';
import type { SocketNotifier } from './notifier.ts';
import { isOriginAllowed, networkAddress } from './origin.ts';
import type { Doorstep } from './doorstep.ts';
import type { Outlets } from './outlets.ts';
import type { Line, Traffic } from './traffic.ts';

/** Is told which connections do not last, to be counted. */
interface ConnectionWitness {
  connectionRefused(code: ErrorCode): void;
  connectionCut(reason: string): void;
}

export interface SignallingParts {
  readonly people: PeopleService;
  readonly presence: PresenceService;
  readonly rooms: RoomService;
  readonly calls: CallService;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly log: Logger;
  readonly welcome: Pick<
    NoticeInput<'welcome'>,
    'serverVersion' | 'bootId' | 'routerRtpCapabilities'
  >;
  /** Sign-ins and connections per network address. */
  readonly perAddress: AddressLimit;
  readonly isDraining: () => boolean;
  readonly witness: ConnectionWitness;
  readonly doorstep: Doorstep;
  readonly traffic: Traffic;
  readonly outlets: Outlets;
  /** Of what comes in. */
  readonly turns: LoopTurns;
}

/** @param turns what comes in waits for them: connections, and the messages on them */
export const createSocketServer = (
  settings: Settings,
  doorstep: Doorstep,
  turns: LoopTurns,
): Server => {
  const { http, signalling } = settings;
  return new Server({
    wsEngine: fairSocketServer(turns),
    transports: ['websocket'],
    serveClient: false,
    pingInterval: signalling.pingIntervalMs,
    pingTimeout: signalling.pingTimeoutMs,
    connectTimeout: signalling.signInMs,
    maxHttpBufferSize: signalling.maxMessageBytes,
    allowRequest: (request, answer) => {
      // Until the WebSocket takes it over nobody else listens, and it may end meanwhile.
      const ended = (): void => undefined;
      request.socket.on('error', ended);
      turns.add(() => {
        request.socket.off('error', ended);
        if (!isOriginAllowed(request, http.allowedOrigins, http.trustProxy)) {
          answer('origin not allowed', false);
        } else if (!doorstep.hasPlace(request)) answer('too many wait to sign in', false);
        else answer(null, true);
      });
    },
  });
};

export class SignallingServer {
  readonly #io: Server;
  readonly #notifier: SocketNotifier;
  readonly #dispatcher: Dispatcher;
  readonly #parts: SignallingParts;
  readonly #signedIn = new WeakMap<Socket, SignedIn>();
  readonly #connectionOn = new WeakMap<Line, Connection>();
  /** Those that are over, by device, as long as a seat may be kept for it. */
  readonly #awaited = new Map<string, Connection>();
  #generation = 0;

  constructor(
    io: Server,
    notifier: SocketNotifier,
    dispatcher: Dispatcher,
    parts: SignallingParts,
  ) {
    this.#io = io;
    this.#notifier = notifier;
    this.#dispatcher = dispatcher;
    this.#parts = parts;
    io.use((socket, next) => {
      this.#admit(socket).then(
        () => {
          this.#parts.turns.add(next);
        },
        (error: unknown) => {
          next(this.#connectError(error));
        },
      );
    });
    io.on('connection', (socket) => {
      this.#welcome(socket);
    });
  }

  /** Serves sockets of this HTTP server. */
  attach(http: HttpServer): void {
    this.#io.attach(http);
    this.#io.engine.on('connection', (line: Line) => {
      this.#parts.doorstep.wait(line);
      this.#parts.traffic.watch(line);
      this.#parts.outlets.watch(line);
    });
  }

  /** Serves those of another HTTP server too, with the same engine. */
  attachMore(http: HttpServer): void {
    this.#io.engine.attach(http, { path: this.#io.path() });
  }

  get connectionCount(): number {
    return this.#io.sockets.sockets.size;
  }

  /** Takes the seats of those who are waited for and hold no token any more. */
  expelRevoked(): void {
    const { people, rooms, calls, log } = this.#parts;
    for (const [key, { identity, address }] of this.#awaited) {
      if (people.holds(identity)) continue;
      this.#awaited.delete(key);
      log.warn({ ...address, reason: 'token_revoked' }, 'Not waited for any more');
      rooms.expel(address);
      calls.expel(address);
    }
  }

  renamed(user: User): void {
    for (const connection of this.#notifier.connections) {
      if (connection.user.id === user.id) connection.rename(user);
    }
  }

  /** Those who are connected with the former token go on with this one. */
  renewed(former: Identity, identity: Identity): void {
    for (const connection of this.#notifier.connections) {
      if (connection.identity.tokenId === former.tokenId) connection.renew(identity);
    }
  }

  /** What goes over a line is too much: ends what is on it. */
  endLine(line: Line, reason: DisconnectReason): void {
    const connection = this.#connectionOn.get(line);
    if (connection) {
      this.disconnect(connection, reason);
      return;
    }
    this.#parts.log.warn({ reason }, 'Line cut before signing in');
    this.#parts.witness.connectionCut(reason);
    line.request.socket.destroy();
  }

  /** Ends a connection, telling why. Who has no right to be here any more loses the seat at once. */
  disconnect(connection: Connection, reason: DisconnectReason): void {
    if (connection.ending) return;
    const { address } = connection;
    this.#parts.log.warn({ ...address, reason }, 'Connection cut');
    this.#parts.witness.connectionCut(reason);
    if (reason === 'token_revoked') {
      this.#parts.rooms.expel(address);
      this.#parts.calls.expel(address);
    }
    connection.disconnect(reason);
  }

  /** Tells everyone that the server goes down. */
  announceDrain(deadlineMs: number): void {
    this.#io.emit('server:draining', { deadlineMs });
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  async #admit(socket: Socket): Promise<void> {
    const { settings, perAddress, people, presence, isDraining } = this.#parts;
    const from = networkAddress(socket.request, settings.http.trustProxy);
    if (!perAddress.allow(from, performance.now())) {
      throw new ConnectError({ code: 'RATE_LIMITED', message: 'too many connections; wait' });
    }
    const { socketsPerUser } = settings.limits;
    const signedIn = await signIn(socket.handshake.auth, {
      people,
      presence,
      socketsPerUser,
      isDraining,
      networkAddress: from,
    });
    this.#signedIn.set(socket, signedIn);
  }

  #connectError(error: unknown): ConnectError {
    if (error instanceof ConnectError) {
      const { code } = error.data;
      this.#parts.log.info({ reason: code }, 'Connection refused');
      this.#parts.witness.connectionRefused(code);
      return error;
    }
    this.#parts.log.error({ err: error }, 'Connection failed');
    // Clients come back after this code, and after INTERNAL they would not: the fault may pass.
    const code = 'UNAVAILABLE';
    this.#parts.witness.connectionRefused(code);
    return new ConnectError({ code, message: 'the server failed; its log says why' });
  }

  #welcome(socket: Socket): void {
    const signedIn = this.#signedIn.get(socket);
    if (!signedIn) {
      socket.disconnect(true);
      return;
    }
    const { identity, deviceId } = signedIn;
    const { user } = identity;
    const { presence, rooms, calls, log } = this.#parts;
    const address: Address = { userId: user.id, deviceId };
    const connection = new Connection(socket, signedIn, ++this.#generation);
    // Looked at again: several may have been let through at once.
    if (this.#devicesBeside(user, deviceId) >= this.#parts.settings.limits.socketsPerUser) {
      this.disconnect(connection, 'flooding');
      return;
    }
    const { replaced } = presence.connect(address, connection.generation);
    const afterWelcome: (() => void)[] = [];
    calls.deviceUp(address, connection.generation, (callback) => afterWelcome.push(callback));
    // Only now: the end of the former connection must find the newer one.
    if (replaced !== null) this.#replace(address);
    this.#awaited.delete(connection.key);
    this.#notifier.attach(connection);
    this.#connectionOn.set(socket.conn, connection);
    this.#parts.doorstep.enter(socket.conn);
    socket.on('disconnect', (reason) => {
      connection.end();
      this.#notifier.detach(connection);
      log.info({ userId: user.id, deviceId, reason }, 'Disconnected');
      const deliberate = reason === 'client namespace disconnect';
      calls.deviceDown(address, connection.generation, deliberate);
      if (!presence.disconnect(address, connection.generation)) return;
      rooms.deviceDown(address, deliberate);
      this.#await(connection);
    });
    this.#dispatcher.serve(connection);
    log.info({ userId: user.id, deviceId }, 'Connected');
    try {
      this.#notifier.toDevice(address, 'welcome', this.#welcomeFor(user, address));
      for (const callback of afterWelcome) callback();
      // Revoked between the check of the token and now.
      if (!this.#parts.people.holds(identity)) this.disconnect(connection, 'token_revoked');
    } catch (error) {
      // What cannot be read for one must not end the server for all.
      log.error({ ...address, err: error }, 'Could not welcome');
      this.disconnect(connection, 'server_fault');
    }
  }

  #await(connection: Connection): void {
    const { rooms, calls } = this.#parts.settings;
    this.#awaited.set(connection.key, connection);
    const forget = (): void => {
      if (this.#awaited.get(connection.key) === connection) this.#awaited.delete(connection.key);
    };
    setTimeout(forget, Math.max(rooms.graceMs, calls.graceMs)).unref();
  }

  #devicesBeside(user: User, deviceId: DeviceId): number {
    return this.#parts.presence.devicesOf(user.id).filter((it) => it !== deviceId).length;
  }

  /** The device has a newer connection; the seat waits for its `room:join`. */
  #replace(address: Address): void {
    const old = this.#notifier.connectionOf(address);
    this.#notifier.toDevice(address, 'replaced', { reason: 'same_device' });
    old?.end();
    old?.socket.disconnect(true);
    this.#parts.rooms.deviceDown(address, false);
  }

  #welcomeFor(user: User, address: Address): NoticeInput<'welcome'> {
    const { rooms, calls, clock, settings, welcome } = this.#parts;
    return {
      ...welcome,
      user,
      deviceId: address.deviceId,
      protocol: PROTOCOL_VERSION,
      serverTime: clock.now(),
      iceServers: [],
      graceMs: settings.rooms.graceMs,
      call: calls.callAt(address),
      roomId: rooms.roomAt(address)?.id ?? null,
      missedCalls: calls.missedCalls(user.id),
    };
  }
}
