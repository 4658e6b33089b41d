/** A real socket.io server whose answers a test writes. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  HandshakeAuth,
  isRequestName,
  PROTOCOL_VERSION,
  type DataInput,
  type ErrorCode,
  type NoticeInput,
  type NoticeName,
  type PayloadInput,
  type RefusalReason,
  type RequestName,
} from '@veche/protocol';
import { Server, type Socket } from 'socket.io';

export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly reason: RefusalReason | undefined;
  readonly banMs: number | undefined;
  constructor(code: ErrorCode, reason?: RefusalReason, banMs?: number) {
    super(code);
    this.banMs = banMs;
    this.code = code;
    this.reason = reason;
  }
}

/** The data of the answer; a thrown `Refusal` refuses; `NO_ANSWER` stays silent. */
export const NO_ANSWER = Symbol('no answer');
type Handler = (payload: never) => unknown;

export interface Request {
  readonly name: RequestName;
  readonly payload: unknown;
}

const isAck = (value: unknown): value is (answer: unknown) => void => typeof value === 'function';

export class ScriptedServer {
  readonly #io: Server;
  /** Kept after `stop`, so that another one can take its place. */
  readonly port: number;
  readonly #handlers = new Map<RequestName, Handler>();
  /** All that was asked, in order. */
  readonly requests: Request[] = [];
  readonly handshakes: ReturnType<typeof HandshakeAuth.parse>[] = [];
  /** Not sent where null. */
  welcome: NoticeInput<'welcome'> | null;
  /** Called at each handshake; what it returns goes to the client as a refusal. */
  refuse: () => { code: string; message: string } | null = () => null;

  static async start(port = 0): Promise<ScriptedServer> {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    return new ScriptedServer(http);
  }

  private constructor(http: HttpServer) {
    this.port = (http.address() as AddressInfo).port;
    this.#io = new Server(http, { transports: ['websocket'], serveClient: false });
    this.welcome = {
      user: { id: 'user-me', name: 'Ana' },
      deviceId: 'device-of-test',
      protocol: PROTOCOL_VERSION,
      serverVersion: '0',
      bootId: 'boot-1',
      serverTime: Date.now(),
      iceServers: [],
      graceMs: 15_000,
      call: null,
      roomId: null,
      missedCalls: 0,
    };
    this.#io.use((socket, next) => {
      this.handshakes.push(HandshakeAuth.parse(socket.handshake.auth));
      const refusal = this.refuse();
      if (refusal) next(Object.assign(new Error(refusal.message), { data: refusal }));
      else next();
    });
    this.#io.on('connection', (socket) => {
      if (this.welcome) socket.emit('welcome', this.welcome);
      socket.onAny((name: string, payload: unknown, ack: unknown) => {
        if (isRequestName(name)) void this.#answer(name, payload, ack);
      });
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get sockets(): Socket[] {
    return [...this.#io.sockets.sockets.values()];
  }

  /** Replaces the handler of a request. */
  on<N extends RequestName>(
    name: N,
    handler: (payload: PayloadInput<N>) => DataInput<N> | Promise<DataInput<N>> | typeof NO_ANSWER,
  ): void {
    this.#handlers.set(name, handler);
  }

  /** Answers just once with this, then as before. */
  once<N extends RequestName>(
    name: N,
    handler: (payload: PayloadInput<N>) => DataInput<N> | Promise<DataInput<N>> | typeof NO_ANSWER,
  ): void {
    const before = this.#handlers.get(name);
    this.on(name, (payload) => {
      if (before) this.#handlers.set(name, before);
      return handler(payload);
    });
  }

  asked(name: RequestName): unknown[] {
    return this.requests.filter((request) => request.name === name).map(({ payload }) => payload);
  }

  notify<N extends NoticeName>(name: N, payload: NoticeInput<N>): void {
    this.#io.emit(name, payload);
  }

  /** As `notify`, for what the contract does not allow. */
  notifyRaw(name: string, payload: unknown): void {
    this.#io.emit(name, payload);
  }

  /** The network fails: all sockets are cut without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.conn.close();
  }

  async stop(): Promise<void> {
    await this.#io.close();
  }

  async #answer(name: RequestName, payload: unknown, ack: unknown): Promise<void> {
    this.requests.push({ name, payload });
    if (!isAck(ack)) return;
    try {
      const handler = this.#handlers.get(name);
      if (!handler) throw new Refusal('BAD_REQUEST');
      const data = await handler(payload as never);
      if (data !== NO_ANSWER) ack({ ok: true, data });
    } catch (error) {
      const { code, reason, banMs } = error instanceof Refusal ? error : { code: 'INTERNAL' };
      ack({ ok: false, error: { code, message: String(error), reason, banMs } });
    }
  }
}
