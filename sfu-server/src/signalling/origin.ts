/**
 * Where a socket comes from, and which pages may open one. CORS does not protect WebSocket
 * (https://socket.io/docs/v4/handling-cors/), so the Origin header is checked here.
 */
import type { IncomingMessage } from 'node:http';

const first = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/** The network address of the other side, as far as it can be believed. */
export const networkAddress = (
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustProxy: boolean,
): string => {
  const forwarded = trustProxy ? headers['x-forwarded-for'] : undefined;
  const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  return list?.split(',').at(-1)?.trim() ?? socket.remoteAddress ?? '';
};

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
