/**
 * The one way in for requests: shape, limits, rights, handler, ack. Nothing that a client sends can
 * throw past this file, and every request with an ack function gets exactly one answer in time.
 */
import { ANSWER_WITHIN_MS, isRequestName, requests } from '@veche/protocol';
import type { Ack, DisconnectReason, ErrorCode, RequestName, UserId } from '@veche/protocol';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { Refusal } from '../domain/refusal.ts';
import type { Settings } from '../config/settings.ts';
import type { Connection } from './connection.ts';
import type { Handlers } from './guards.ts';
import { Limiter, perSeconds } from './limits.ts';
import { faultOf } from './shape.ts';
import { Strikes } from './strikes.ts';

export interface DispatcherParts {
  readonly handlers: Handlers;
  readonly limits: Settings['limits'];
  readonly log: Logger;
  readonly cut: (connection: Connection, reason: DisconnectReason) => void;
  readonly answered: (
    name: RequestName,
    outcome: 'ok' | ErrorCode,
    ms: number,
    userId: UserId,
  ) => void;
}

/** Refusals of what is not the sender's: each is a line for whoever audits. */
const AUDITED: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'NOT_FOUND', 'MEDIA_RESET']);

type Respond = (answer: Ack<RequestName>) => void;

const isFunction = (value: unknown): value is (answer: unknown) => void =>
  typeof value === 'function';

const refused = (code: ErrorCode, message: string): Ack<RequestName> => ({
  ok: false,
  error: { code, message },
});

export class Dispatcher {
  readonly #parts: DispatcherParts;
  /** Of a person, however many connections they have, one after another too. */
  readonly #requests: Limiter;
  readonly #perUser: Partial<Record<RequestName, Limiter>>;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    const { limits } = parts;
    this.#requests = new Limiter({
      perSecond: limits.requestsPerSecond,
      burst: limits.requestBurst,
    });
    this.#perUser = {
      'people:list': new Limiter(perSeconds(limits.searchesPer10s, 10)),
      'room:join': new Limiter(perSeconds(limits.joinsPer10s, 10)),
      'call:initiate': new Limiter(perSeconds(limits.initiatesPerMinute, 60)),
      'room:create': new Limiter(perSeconds(limits.roomsPerMinute, 60)),
      'transport:create': new Limiter(perSeconds(limits.transportsPerMinute, 60)),
      'transport:restart-ice': new Limiter(perSeconds(limits.iceRestartsPerMinute, 60)),
      'producer:create': new Limiter(perSeconds(limits.producersPerMinute, 60)),
      'chat:send': new Limiter(perSeconds(limits.chatPer5s, 5)),
    };
  }

  /** Answers the requests of this connection from now on. */
  serve(connection: Connection): void {
    const { limits } = this.#parts;
    const strikes = new Strikes(limits.strikes);
    // socket.io lets names be numbers too.
    connection.socket.onAny((name: unknown, ...args: unknown[]) => {
      const ack = args.pop();
      const now = performance.now();
      const allowed =
        this.#requests.allow(connection.user.id, now) &&
        connection.pending < limits.pendingRequests;
      // Without an ack function there is nobody to answer.
      if (isFunction(ack)) {
        if (allowed) this.#answer(connection, String(name), args, ack).catch(this.#failed);
        else ack(refused('RATE_LIMITED', 'too many requests; wait a little'));
      }
      if (!allowed && strikes.add(now)) this.#parts.cut(connection, 'flooding');
    });
  }

  /** Our own fault, and of one request only: everyone else goes on. */
  readonly #failed = (error: unknown): void => {
    this.#parts.log.error({ err: error }, 'Request not answered');
  };

  async #answer(
    connection: Connection,
    name: string,
    args: readonly unknown[],
    respond: Respond,
  ): Promise<void> {
    if (!isRequestName(name)) {
      respond(refused('BAD_REQUEST', `there is no request ${JSON.stringify(name.slice(0, 64))}`));
      return;
    }
    const startedAt = performance.now();
    connection.pending++;
    const answer = await this.#run(connection, name, args);
    connection.pending--;
    respond(answer.ack);
    for (const callback of answer.after) callback();
    const outcome = answer.ack.ok ? 'ok' : answer.ack.error.code;
    const ms = performance.now() - startedAt;
    this.#parts.answered(name, outcome, ms, connection.user.id);
  }

  async #run<N extends RequestName>(
    connection: Connection,
    name: N,
    args: readonly unknown[],
  ): Promise<{ ack: Ack<N>; after: readonly (() => void)[] }> {
    const tooLate = new AbortController();
    const after: (() => void)[] = [];
    const timer = setTimeout(() => {
      tooLate.abort();
    }, ANSWER_WITHIN_MS);
    try {
      const [raw] = args;
      const fault = args.length === 1 ? faultOf(raw) : 'payload: one object is expected';
      if (fault !== null) throw new Refusal('BAD_REQUEST', fault);
      const parsed = z.safeParse(requests[name].payload, raw);
      if (!parsed.success) throw new Refusal('BAD_REQUEST', describeIssue(parsed.error));
      this.#limit(name, connection.user.id);
      // The media of a join is two transports, and counts as such.
      if ('media' in parsed.data && typeof parsed.data.media === 'object') {
        for (let made = 0; made < 2; made++) this.#limit('transport:create', connection.user.id);
      }
      const late = AbortSignal.any([tooLate.signal, connection.gone]);
      const context = {
        user: connection.user,
        address: connection.address,
        networkAddress: connection.networkAddress,
        late,
        afterAck: (callback: () => void) => after.push(callback),
        partRefused: (code: ErrorCode, reason: string) => {
          this.#audit(connection, name, code, reason);
        },
      };
      const data = await Promise.race([
        this.#parts.handlers[name].run(context, parsed.data),
        rejectOn(tooLate.signal),
      ]);
      return { ack: { ok: true, data }, after };
    } catch (error) {
      const { code, message, reason, banMs } = this.#refusalFor(connection, name, error);
      const told = {
        code,
        message,
        ...(reason === undefined ? {} : { reason }),
        ...(banMs === undefined ? {} : { banMs }),
      };
      return { ack: { ok: false, error: told }, after: [] };
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws Refusal RATE_LIMITED */
  #limit(name: RequestName, userId: UserId): void {
    if (this.#perUser[name]?.allow(userId, performance.now()) === false) {
      throw new Refusal('RATE_LIMITED', `too many ${name}; wait a little`);
    }
  }

  #refusalFor(connection: Connection, name: RequestName, error: unknown): Refusal {
    if (error instanceof Refusal) {
      this.#audit(connection, name, error.code, error.message);
      return error;
    }
    const userId = connection.user.id;
    this.#parts.log.error({ request: name, userId, err: error }, 'Request failed');
    return new Refusal('INTERNAL', 'the server failed; its log says why');
  }

  #audit({ address }: Connection, name: RequestName, code: ErrorCode, reason: string): void {
    const { handlers, log } = this.#parts;
    const line = { request: name, right: handlers[name].right, ...address, code, reason };
    log[AUDITED.has(code) ? 'info' : 'debug'](line, 'Refused');
  }
}

/** The first thing that is wrong, with the field's name. */
const describeIssue = ({ issues }: z.core.$ZodError): string => {
  const [issue] = issues;
  if (!issue) return 'payload: not valid';
  const field = issue.path.map(String).join('.').slice(0, 200) || 'payload';
  return `${field}: ${issue.message}`;
};

const rejectOn = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Refusal('UNAVAILABLE', 'the server could not answer in time'));
    });
  });
