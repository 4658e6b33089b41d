/** A WebSocket spoken byte by byte (RFC 6455), for what no honest client does. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';

const PATH = '/socket.io/?EIO=4&transport=websocket';
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const FINAL = 0x80;
const MASKED = 0x80;

/** A masked frame, as clients must send them. */
const frame = (opcode: number, payload: Buffer): Buffer => {
  const header =
    payload.length < 126
      ? Buffer.from([FINAL | opcode, MASKED | payload.length])
      : payload.length < 0x1_0000
        ? Buffer.from([FINAL | opcode, MASKED | 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.concat([Buffer.from([FINAL | opcode, MASKED | 127]), size64(payload.length)]);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([header, mask, masked]);
};

const size64 = (length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
};

export class RawSocket {
  readonly tcp: Socket;
  /** Texts of the frames that arrived. */
  readonly texts: string[] = [];
  /** Resolves when the server has ended the connection. */
  readonly closed: Promise<void>;
  #buffer: Buffer = Buffer.alloc(0);

  private constructor(tcp: Socket) {
    this.tcp = tcp;
    tcp.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      tcp.once('close', () => {
        resolve();
      });
      tcp.once('end', () => tcp.end());
    });
    tcp.on('data', (data) => {
      this.#read(data);
    });
  }

  /** The WebSocket is open; nobody is signed in on it. */
  static async open(url: string, options: ClientRequestArgs = {}): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    return new Promise((resolve, reject) => {
      const asked = request({ host: hostname, port, path: PATH, headers, ...options });
      asked.once('upgrade', (_response, tcp, head) => {
        const socket = new RawSocket(tcp);
        socket.#read(head);
        resolve(socket);
      });
      asked.once('response', (response) => {
        response.resume();
        reject(new Error(`refused with ${response.statusCode ?? 0}`));
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  /** One text message; false when it waits for the other side to read. */
  send(text: string): boolean {
    return this.tcp.write(frame(TEXT, Buffer.from(text)));
  }

  ping(payload: Buffer): void {
    if (!this.tcp.destroyed) this.tcp.write(frame(PING, payload));
  }

  /** The header of a text message of so many bytes, and nothing of it. */
  announce(bytes: number): void {
    const header = Buffer.from([FINAL | TEXT, MASKED | 127]);
    this.tcp.write(Buffer.concat([header, size64(bytes), randomBytes(4)]));
  }

  destroy(): void {
    this.tcp.destroy();
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const [first = 0, second = 0] = this.#buffer;
      const short = second & 0x7f;
      const at = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#buffer.length < at) return;
      const length =
        short === 126
          ? this.#buffer.readUInt16BE(2)
          : short === 127
            ? Number(this.#buffer.readBigUInt64BE(2))
            : short;
      if (this.#buffer.length < at + length) return;
      const payload = this.#buffer.subarray(at, at + length);
      this.#buffer = this.#buffer.subarray(at + length);
      if ((first & 0xf) === TEXT) this.texts.push(payload.toString());
      // The close is answered, as the protocol wants.
      if ((first & 0xf) === CLOSE) this.tcp.end(frame(CLOSE, payload));
    }
  }
}
