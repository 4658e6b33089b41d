/** The HTTP side: the page, sign-in, health and metrics. */
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { GuestRequest } from '@veche/protocol';
import type { ErrorCode, HttpRefusal } from '@veche/protocol';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type * as z from 'zod/mini';
import type { PeopleService } from '../app/peopleService.ts';
import type { AddressLimit } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import { furtherHeaders, securityHeaders } from './securityHeaders.ts';

export interface HttpParts {
  readonly people: PeopleService;
  readonly perAddress: AddressLimit;
  /** Fastify's own idea of it is the first of a forwarded list, which anyone can write. */
  readonly networkAddress: (request: IncomingMessage) => string;
  /** Why nobody new should be sent here; null where workers are up and it is not draining. */
  readonly trouble: () => string | null;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** The built web client. */
  readonly webDirectory: string;
  readonly trustProxy: boolean;
  /** A connection that has not sent a whole request by then is closed, ms. */
  readonly requestMs: number;
  readonly log: Logger;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

const MAX_BODY_BYTES = 16 * 1024;

/** No page is there but the one that says so. */
const NOWHERE = '/nowhere';

/** A stray % is no encoding: Fastify would answer by itself, in a shape and with headers of its own. */
const isReadable = (url: string): boolean => {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
};

/** For connections that never say, or never finish saying, what they want. */
export const halfOpenLimits = (requestMs: number) => ({
  requestTimeout: requestMs,
  headersTimeout: requestMs,
  /** Of TLS, which ordinary servers ignore. */
  handshakeTimeout: requestMs,
  connectionsCheckingInterval: Math.min(1000, requestMs),
});

export const createHttpApp = async (parts: HttpParts): Promise<FastifyInstance> => {
  const { requestTimeout, ...http } = halfOpenLimits(parts.requestMs);
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: parts.trustProxy,
    requestTimeout,
    http,
    rewriteUrl: ({ url = '/' }) => (isReadable(url) ? url : NOWHERE),
  });
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, parts.log));
  await app.register(helmet, securityHeaders);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(furtherHeaders(request));
  });
  signInRoute(app, parts);
  healthRoutes(app, parts);
  await pageRoutes(app, parts.webDirectory);
  return app;
};

const signInRoute = (
  app: FastifyInstance,
  { people, perAddress, networkAddress }: HttpParts,
): void => {
  const limit = ({ raw }: FastifyRequest): void => {
    if (perAddress.allow(networkAddress(raw), performance.now())) return;
    throw new Refusal('RATE_LIMITED', 'too many sign-ins from this address; wait a little');
  };
  app.post('/api/guest', async (request, reply) => {
    limit(request);
    const parsed = GuestRequest.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const field = issue?.path.join('.') ?? '';
      throw new Refusal('BAD_REQUEST', `${field || 'body'}: ${issue?.message ?? 'not valid'}`);
    }
    const { name } = parsed.data;
    const token = bearerOf(request);
    const answer = token === null ? await people.signIn(name) : await people.rename(token, name);
    return reply.code(201).header('cache-control', 'no-store').send(answer);
  });
  app.delete('/api/guest', async (request, reply) => {
    limit(request);
    const token = bearerOf(request);
    if (token === null) throw new Refusal('UNAUTHENTICATED', 'authorization: missing');
    await people.signOut(token);
    return reply.code(204).send();
  });
};

/** Null without an Authorization header. @throws Refusal UNAUTHENTICATED for another scheme */
const bearerOf = ({ headers: { authorization } }: FastifyRequest): string | null => {
  if (authorization === undefined) return null;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new Refusal('UNAUTHENTICATED', 'authorization: "Bearer <token>" is expected');
  }
  return token;
};

const healthRoutes = (app: FastifyInstance, { trouble, metrics }: HttpParts): void => {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', () => {
    const why = trouble();
    if (why !== null) throw new Refusal('UNAVAILABLE', why);
    return { status: 'ok' };
  });
  app.get('/metrics', async (_request, reply) => {
    const { type, text } = await metrics();
    return reply.type(type).send(text);
  });
};

const pageRoutes = async (app: FastifyInstance, directory: string): Promise<void> => {
  const built = existsSync(join(directory, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      preCompressed: true,
      setHeaders: (response, path) => {
        // Names under assets/ carry a hash of their content.
        const forEver = path.startsWith(join(directory, 'assets'));
        const value = forEver ? 'public, max-age=31536000, immutable' : 'no-cache';
        response.header('cache-control', value);
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    // The client's own pages, like /r/<roomId>, are all the one page.
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (built && isPage === true && !request.url.startsWith('/api/')) {
      return reply.sendFile('index.html');
    }
    return answerError(new Refusal('NOT_FOUND', 'no such page'), reply);
  });
};

const answerError = (error: unknown, reply: FastifyReply, log?: Logger): FastifyReply => {
  if (error instanceof Refusal) {
    return send(reply, STATUS[error.code] ?? 500, error.code, error.message);
  }
  const status = statusOf(error);
  // Fastify's own: a body that is too long, not JSON, and the like.
  if (status >= 400 && status < 500 && error instanceof Error) {
    return send(reply, status, 'BAD_REQUEST', `body: ${error.message}`);
  }
  log?.error({ err: error }, 'HTTP request failed');
  return send(reply, 500, 'INTERNAL', 'the server failed; its log says why');
};

const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;

const send = (
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
): FastifyReply => {
  const body: z.input<typeof HttpRefusal> = { error: { code, message } };
  return reply.code(status).send(body);
};
