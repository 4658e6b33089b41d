/** What the page may load and do: only what is its own, and no inline script or style. */
import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { IncomingMessage } from 'node:http';

/** Older Safari does not take 'self' for the socket's scheme. */
const socketSource = ({ headers: { host = 'localhost' } }: IncomingMessage): string =>
  `ws://${host} wss://${host}`;

export const securityHeaders: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'", socketSource],
      imgSrc: ["'self'", 'data:'],
      mediaSrc: ["'self'", 'blob:'],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  // Whoever puts a proxy with TLS in front decides about it there.
  strictTransportSecurity: false,
};
