/** A program that speaks the protocol over a real socket, for tests. */
import {
  AckEnvelope,
  GuestAnswer,
  isNoticeName,
  notices,
  PROTOCOL_VERSION,
  requests,
} from '@veche/protocol';
import type {
  Data,
  Notice,
  NoticeName,
  PayloadInput,
  RequestName,
  WireError,
} from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { until } from './wait.ts';

export interface ClientOptions {
  readonly name: string;
  /** Signs in as a new guest unless given. */
  readonly token?: string;
  readonly deviceId?: string;
  /** Takes any certificate, as a person who accepts the warning. */
  readonly anyCertificate?: boolean;
}

interface Received {
  readonly name: NoticeName;
  readonly payload: unknown;
}

/** A request that the server refused. */
class Refused extends Error {
  readonly code: WireError['code'];

  constructor({ code, message }: WireError) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const ACK_WITHIN_MS = 6000;

export const guest = async (url: string, name: string): Promise<GuestAnswer> => {
  const response = await fetch(`${url}/api/guest`, {
    method: 'POST',
    // One connection for each: the server keeps an idle one for 72 s, and who counts its files would count it.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ name }),
  });
  return GuestAnswer.parse(await response.json());
};

export class TestClient {
  readonly socket: Socket;
  readonly token: string;
  readonly deviceId: string;
  /** Every notice, in order. */
  readonly received: Received[] = [];
  #welcome: Notice<'welcome'> | undefined;

  private constructor(socket: Socket, token: string, deviceId: string) {
    this.socket = socket;
    this.token = token;
    this.deviceId = deviceId;
    socket.onAny((name: string, payload: unknown) => {
      if (!isNoticeName(name)) throw new Error(`not a notice of the protocol: ${name}`);
      this.received.push({ name, payload });
    });
  }

  /** Connected, and welcomed. */
  static async connect(url: string, options: ClientOptions): Promise<TestClient> {
    const token = options.token ?? (await guest(url, options.name)).token;
    const deviceId = options.deviceId ?? randomUUID();
    const socket = io(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token, deviceId, protocol: PROTOCOL_VERSION },
      rejectUnauthorized: options.anyCertificate !== true,
    });
    const client = new TestClient(socket, token, deviceId);
    const failure = new Promise<never>((_resolve, reject) => {
      socket.once('connect_error', reject);
    });
    await Promise.race([client.next('welcome'), failure]);
    return client;
  }

  get welcome(): Notice<'welcome'> {
    const welcome = this.#welcome ?? this.all('welcome')[0];
    if (!welcome) throw new Error('not welcomed');
    return (this.#welcome = welcome);
  }

  /** Sends anything at all, and returns the ack as it came. */
  async raw(name: string, ...args: unknown[]): Promise<unknown> {
    const answer: unknown = await this.socket.timeout(ACK_WITHIN_MS).emitWithAck(name, ...args);
    return answer;
  }

  /** @throws Refused */
  async request<N extends RequestName>(name: N, payload: PayloadInput<N>): Promise<Data<N>> {
    const answer = AckEnvelope.parse(await this.raw(name, payload));
    if (!answer.ok) throw new Refused(answer.error);
    return requests[name].data.parse(answer.data);
  }

  /** The code with which a request is refused; 'ok' if it is not. */
  async outcome(name: string, ...args: unknown[]): Promise<string> {
    const answer = AckEnvelope.parse(await this.raw(name, ...args));
    return answer.ok ? 'ok' : answer.error.code;
  }

  /** All notices of one name so far, checked. */
  all<N extends NoticeName>(name: N): Notice<N>[] {
    return this.received
      .filter((notice) => notice.name === name)
      .map(({ payload }) => notices[name].payload.parse(payload));
  }

  /** The first notice of this name that fits, past or coming. */
  async next<N extends NoticeName>(
    name: N,
    fits: (notice: Notice<N>) => boolean = () => true,
    withinMs?: number,
  ): Promise<Notice<N>> {
    return until(() => this.all(name).find(fits), `notice ${name}`, withinMs);
  }

  /** Forgets the notices so far; who was welcomed knows that. */
  forget(): void {
    this.#welcome ??= this.all('welcome')[0];
    this.received.length = 0;
  }

  /** On purpose, as a page that is closed. */
  disconnect(): void {
    this.socket.disconnect();
  }

  /** As a network that fails: the server sees the connection end without a word. */
  cut(): void {
    this.socket.io.engine.close();
  }
}
