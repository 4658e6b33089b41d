/**
 * A path to the server over TCP for a peer that speaks UDP only: its packets go on framed as RFC 4571
 * says, and come back without. It can be told not to read any more.
 */
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket as TcpSocket } from 'node:net';
import type { TransportParameters } from '../../rtc-peer/index.ts';

export class TcpPath {
  readonly #udp: UdpSocket;
  readonly #tcp: TcpSocket;
  readonly #transport: TransportParameters;
  #peerPort = 0;
  #unread = Buffer.alloc(0);

  private constructor(udp: UdpSocket, tcp: TcpSocket, transport: TransportParameters) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#transport = transport;
    udp.on('message', (packet, { port }) => {
      this.#peerPort = port;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(packet.length);
      tcp.write(Buffer.concat([length, packet]));
    });
    tcp.on('data', (chunk) => {
      this.#read(chunk);
    });
    tcp.on('error', () => undefined);
  }

  static async open(transport: TransportParameters): Promise<TcpPath> {
    const candidate = transport.iceCandidates.find(({ protocol }) => protocol === 'tcp');
    if (!candidate) throw new Error('the server offers no TCP');
    const udp = createSocket('udp4');
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const tcp = connect(candidate.port, candidate.address);
    await once(tcp, 'connect');
    return new TcpPath(udp, tcp, transport);
  }

  /** To be given to the peer. */
  get transport(): TransportParameters {
    const { port } = this.#udp.address();
    const [first] = this.#transport.iceCandidates;
    if (!first) throw new Error('no candidates');
    const here = {
      ...first,
      protocol: 'udp' as const,
      address: '127.0.0.1',
      ip: '127.0.0.1',
      port,
    };
    return { ...this.#transport, iceCandidates: [here] };
  }

  /** What the server sends stays where it is from now on; what the peer sends goes on. */
  stopReading(): void {
    this.#tcp.pause();
  }

  close(): void {
    this.#tcp.destroy();
    this.#udp.close();
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= 2) {
      const end = 2 + this.#unread.readUInt16BE(0);
      if (this.#unread.length < end) return;
      this.#udp.send(this.#unread.subarray(2, end), this.#peerPort, '127.0.0.1');
      this.#unread = this.#unread.subarray(end);
    }
  }
}
