/**
 * Which pages may open a socket. CORS does not protect WebSocket
 * (https://socket.io/docs/v4/handling-cors/), so the Origin header is checked here.
 */
import type { IncomingMessage } from 'node:http';

const first = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/** Programs send no Origin and are let in; a page must be of this host or of a configured one. */
export const isOriginAllowed = (
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: readonly string[],
  trustProxy: boolean,
): boolean => {
  const { origin } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const host = (trustProxy ? first(headers['x-forwarded-host']) : undefined) ?? headers.host;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
};
