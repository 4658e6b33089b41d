/**
 * Where a socket comes from, and which pages may open one. CORS does not protect WebSocket
 * (https://socket.io/docs/v4/handling-cors/), so the Origin header is checked here.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

const first = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/** IPv4 in the clothes of IPv6. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;
const GROUPS = 8;
/** 64 bits: one line of one customer has at least so many addresses, and can use them all. */
const GROUPS_OF_A_NETWORK = 4;

/** What counts as one in limits: an address of IPv4, and of IPv6 the network that it is in. */
export const networkOf = (address: string): string => {
  const plain = address.replace(MAPPED, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const gap = Array<string>(Math.max(0, GROUPS - first.length - last.length)).fill('0');
  const network = [...first, ...gap, ...last].slice(0, GROUPS_OF_A_NETWORK);
  return network.map((group) => group.replace(/^0+(?=.)/, '')).join(':');
};

/**
 * The network of the other side, as far as it can be believed: of a list, only what our own proxy
 * put last; whatever stands before it the client may have written.
 */
export const networkAddress = (
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustProxy: boolean,
): string => {
  const forwarded = trustProxy ? headers['x-forwarded-for'] : undefined;
  const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  return networkOf(list?.split(',').at(-1)?.trim() ?? socket.remoteAddress ?? '');
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
