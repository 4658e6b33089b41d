/** One device's signalling: requests, notices, and a socket that is looked for again when lost. */
import {
  ConnectRefusal,
  isNoticeName,
  PROTOCOL_VERSION,
  REQUEST_TIMEOUT_MS,
} from '@veche/protocol';
import type { Data, DisconnectReason, Notice, PayloadInput, RequestName } from '@veche/protocol';
import { io, type Socket } from 'socket.io-client';
import type { ConnectionState } from './api.ts';
import { Backoff, SIGNALLING_JITTER, SIGNALLING_STEPS } from './backoff.ts';
import { RequestError } from './errors.ts';
import { Observable } from './observable.ts';
import type { Log, Timers } from './ports.ts';
import { readAnswer, readNotice, type AnyNotice } from './wire.ts';

export interface ConnectionOptions {
  readonly origin: string;
  readonly deviceId: string;
  /** Asked at each try, so that a renewed token is used. */
  readonly token: () => string;
  readonly log: Log;
  readonly timers: Timers;
  /** Shorter in tests. */
  readonly requestTimeoutMs?: number;
}

type ConnectionEnd = Extract<ConnectionState, { phase: 'ended' }>['reason'];

/** Between opening the socket and `welcome`; then the server is not right. */
const WELCOME_WITHIN_MS = 5000;
/** How long one try to reach the server may take. */
const OPEN_WITHIN_MS = 5000;
/** An answer takes a round trip; without one after this time, a new socket is the faster way to it. */
const ANSWERED_WITHIN_MS = 1000;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #state = new Observable<ConnectionState>({ phase: 'connecting' });
  readonly #welcome = new Observable<Notice<'welcome'> | null>(null);
  readonly #listeners = new Set<(notice: AnyNotice) => void>();
  readonly #backoff: Backoff;
  #cancelTimer: () => void = () => undefined;
  #clockOffset = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers, SIGNALLING_STEPS, SIGNALLING_JITTER);
    const { token, deviceId } = options;
    this.#socket = io(options.origin, {
      transports: ['websocket'],
      auth: (answer) => {
        answer({ token: token(), deviceId, protocol: PROTOCOL_VERSION });
      },
      // When it is tried again is decided here.
      reconnection: false,
      timeout: OPEN_WITHIN_MS,
      // Never shared with another connection of this page.
      forceNew: true,
    });
    this.#socket.onAny((name: string, payload: unknown) => {
      this.#heard(name, payload);
    });
    this.#socket.on('connect', () => {
      this.#opened();
    });
    this.#socket.on('connect_error', (error: Error & { data?: unknown }) => {
      this.#refused(error.data);
    });
    this.#socket.on('disconnect', () => {
      this.#lost();
    });
  }

  readonly state = this.#state;
  /** The newest `welcome`: another object after each reconnect; set before `state` is online. */
  readonly welcome = this.#welcome;

  get online(): boolean {
    return this.#state.current.phase === 'online';
  }

  /** The server's clock, by this device's. */
  serverNow(): number {
    return this.#options.timers.now() + this.#clockOffset;
  }

  /** Refused at once while not online: socket.io would keep it and send it much later. */
  request = async <N extends RequestName>(name: N, payload: PayloadInput<N>): Promise<Data<N>> => {
    if (!this.online) throw RequestError.offline(name);
    const timeoutMs = this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    const answer = await new Promise<unknown>((resolve, reject) => {
      const answered = (error: Error | null, data: unknown) => {
        if (!error) resolve(data);
        else if (this.#socket.connected) reject(RequestError.timeout(name));
        else reject(RequestError.offline(name));
      };
      this.#socket.timeout(timeoutMs).emit(name, payload, answered);
    });
    return readAnswer(name, answer);
  };

  /**
   * The network may be another one by now: if this request is not answered soon, nothing will come
   * over this socket any more.
   */
  doubt = (asked: Promise<unknown>): void => {
    const welcome = this.#welcome.current;
    const cancel = this.#options.timers.after(ANSWERED_WITHIN_MS, () => {
      if (this.online && this.#welcome.current === welcome) this.#connectAnew();
    });
    asked.then(cancel, cancel);
  };

  /** Calls back with every valid notice, `welcome` included. */
  listen(heard: (notice: AnyNotice) => void): () => void {
    this.#listeners.add(heard);
    return () => {
      this.#listeners.delete(heard);
    };
  }

  /** On purpose: the server is told. */
  close(): void {
    this.#end('signed_out');
  }

  #heard(name: string, payload: unknown): void {
    if (!isNoticeName(name) || this.#state.current.phase === 'ended') return;
    const read = readNotice(name, payload);
    if ('fault' in read) {
      this.#options.log.warn(`dropped an invalid notice ${name}`, read.fault);
      return;
    }
    const { notice } = read;
    if (notice.name === 'welcome') this.#welcomed(notice.payload);
    if (notice.name === 'replaced') this.#end('replaced');
    if (notice.name === 'disconnected') this.#disconnected(notice.payload.reason);
    for (const heard of [...this.#listeners]) heard(notice);
  }

  /** What follows is looked for again as after any loss, unless that is no use. */
  #disconnected(reason: DisconnectReason): void {
    this.#options.log.warn('the server ends the connection', reason);
    if (reason === 'token_revoked') this.#end(reason);
  }

  #welcomed(welcome: Notice<'welcome'>): void {
    this.#cancelTimer();
    this.#backoff.reset();
    this.#clockOffset = welcome.serverTime - this.#options.timers.now();
    this.#welcome.set(welcome);
    this.#state.set({ phase: 'online' });
  }

  #opened(): void {
    // `welcome` may have come in the same packet.
    if (this.online) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.timers.after(WELCOME_WITHIN_MS, () => {
      this.#options.log.warn('no welcome; trying again');
      this.#socket.disconnect();
    });
  }

  /** By the server's middleware, with data; or it was not reached. */
  #refused(data: unknown): void {
    if (this.#state.current.phase === 'ended') return;
    const refusal = ConnectRefusal.safeParse(data);
    const code = refusal.success ? refusal.data.code : 'UNAVAILABLE';
    const reason = refusal.data?.reason;
    if (reason === 'token_expired' || reason === 'token_revoked') {
      this.#end(reason);
      return;
    }
    if (code !== 'UNAVAILABLE' && code !== 'RATE_LIMITED') {
      this.#end(code);
      return;
    }
    this.#tryLater();
  }

  #lost(): void {
    const { current } = this.#state;
    if (current.phase === 'ended') return;
    // A request may sit here if the loss was noticed while sending it: it must not go out later.
    this.#socket.sendBuffer.length = 0;
    this.#cancelTimer();
    if (current.phase === 'online') {
      this.#state.set({ phase: 'reconnecting', sinceMs: this.#options.timers.now() });
    }
    this.#tryLater();
  }

  #connectAnew(): void {
    this.#options.log.warn('no answer; connecting anew');
    // As if it had been lost: the server is not told that we go.
    this.#socket.io.engine.close();
    this.#cancelTimer();
    this.#socket.connect();
  }

  #tryLater(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.timers.after(this.#backoff.next(), () => {
      this.#socket.connect();
    });
  }

  #end(reason: ConnectionEnd): void {
    if (this.#state.current.phase === 'ended') return;
    this.#cancelTimer();
    this.#state.set({ phase: 'ended', reason });
    this.#socket.disconnect();
  }
}
