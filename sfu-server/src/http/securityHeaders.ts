/** What the page may load and do: only what is its own, and no inline script or style. */
import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';

/** A name or address with a port, and nothing that would end the directive or add to it. */
const HOST = /^[\w.:[\]-]{1,255}$/;

/** Older Safari does not take 'self' for the socket's scheme. */
const socketSource = ({ headers: { host = '' } }: IncomingMessage): string => {
  const own = HOST.test(host) ? host : 'localhost';
  return `ws://${own} wss://${own}`;
};

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
  // Set below, and only where the page came over TLS.
  strictTransportSecurity: false,
};

/** What the page may use of the device, and nothing that it has no use for; no frame gets any of it. */
const PERMISSIONS = [
  ...['microphone', 'camera', 'display-capture', 'autoplay', 'fullscreen', 'speaker-selection'].map(
    (feature) => `${feature}=(self)`,
  ),
  ...['geolocation', 'payment', 'usb', 'serial', 'hid', 'bluetooth', 'midi'].map(
    (feature) => `${feature}=()`,
  ),
].join(', ');

/** A year, s. */
const HSTS = 'max-age=31536000';

/** Those that helmet does not set, or that depend on the request. */
export const furtherHeaders = ({
  protocol,
}: Pick<FastifyRequest, 'protocol'>): Record<string, string> => ({
  'permissions-policy': PERMISSIONS,
  ...(protocol === 'https' ? { 'strict-transport-security': HSTS } : {}),
});
