/** Which addresses the media ports listen on, and what is announced to browsers. */
import type { TransportListenInfo } from 'mediasoup/types';
import { networkInterfaces } from 'node:os';

export interface ListenAddress {
  /** Address of an interface of this machine. */
  readonly ip: string;
  /** What browsers are told instead: the public address of a NAT, or a host name. */
  readonly announced?: string;
}

/** 4 MB: one socket carries all peers of a worker, and bursts must not be dropped. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

export const listenInfos = (
  addresses: readonly ListenAddress[],
  port: number,
): TransportListenInfo[] =>
  addresses.flatMap(({ ip, announced }) =>
    (['udp', 'tcp'] as const).map((protocol): TransportListenInfo => ({
      protocol,
      ip,
      ...(port === 0 ? {} : { port }),
      // The internal address stays a candidate, for routers that do not hair-pin.
      ...(announced === undefined ? {} : { announcedAddress: announced, exposeInternalIp: true }),
      ...(protocol === 'udp'
        ? { recvBufferSize: SOCKET_BUFFER_BYTES, sendBufferSize: SOCKET_BUFFER_BYTES }
        : {}),
    })),
  );

/** The IPv4 addresses of this machine's interfaces, loopback aside. */
export const lanAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal, address }) => {
      return family === 'IPv4' && !internal && !address.startsWith('169.254.');
    })
    .map(({ address }) => address);

/**
 * LAN addresses first, then loopback, since Firefox refuses loopback candidates.
 * @param chosen the setting; empty: all of this machine's.
 * @param announced the setting; empty: nothing else than the addresses themselves.
 */
export const listenAddresses = (
  chosen: readonly string[],
  announced: string,
  lan: readonly string[] = lanAddresses(),
): ListenAddress[] => {
  const ips = chosen.length > 0 ? chosen : [...lan, '127.0.0.1'];
  return ips.map((ip) =>
    announced !== '' && !ip.startsWith('127.') && ip !== '::1' ? { ip, announced } : { ip },
  );
};
