/** Where listeners without WebRTC receive: one UDP socket for all of them. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Delivery } from './delivery.ts';
import type { Sink } from './ipc.ts';
import { csrcOf, payloadBytesOf } from './marks.ts';

/** Of AEAD_AES_128_GCM. */
const TAG_BYTES = 16;
/** A burst to everybody must not be dropped here; the system may give less. */
const BUFFER_BYTES = 16 * 1024 * 1024;

export class UdpSink {
  readonly address: Sink;
  readonly #socket: Socket;
  #delivery: Delivery | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address: ip, port } = socket.address();
    this.address = { ip, port };
    socket.on('message', (packet) => {
      const speaker = csrcOf(packet);
      if (speaker < 0) return;
      this.#delivery?.arrive(speaker, payloadBytesOf(packet, TAG_BYTES), performance.now());
    });
  }

  static async open(): Promise<UdpSink> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpSink(socket);
  }

  /** What arrives counts there from now on. */
  countInto(delivery: Delivery): void {
    this.#delivery = delivery;
  }

  close(): void {
    this.#socket.close();
  }
}
