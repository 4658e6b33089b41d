// A peer that listens: it receives the RTP of consumers, parsed, with the id of the consumer it belongs to.
import { Connection, type ConnectionOptions } from './connection.ts';
import { decodeLevel, parseRtp, type RtpPacket } from './rtp.ts';
import type { MediaSection } from './sdp.ts';
import {
  EXTENSION_URI,
  type ConsumerParameters,
  type LocalDtlsParameters,
  type MediaKind,
  type TransportParameters,
} from './wire.ts';

export interface ReceivePeerOptions extends ConnectionOptions {
  readonly transport: TransportParameters;
  /** May be empty: the connection is made all the same, and `add` brings consumers later. */
  readonly consumers: readonly ConsumerParameters[];
}

export interface ReceivedPacket extends RtpPacket {
  readonly consumerId: string;
  readonly kind: MediaKind;
  /** dBov of RFC 6464, −127 … 0, where the packet carries it. */
  readonly level: number | undefined;
}

type RtpListener = (packet: ReceivedPacket) => void;

export interface ReceivePeer {
  /** To be given to `transport:connect`. */
  readonly dtlsParameters: LocalDtlsParameters;
  /** Settles once: media can arrive, or the reason why it cannot. */
  readonly connected: Promise<void>;
  /** Every packet of every consumer; the answer stops it. RTCP is left out. */
  onRtp(listener: RtpListener): () => void;
  /** Consumers made after the peer; one renegotiation for all of them. */
  add(consumers: readonly ConsumerParameters[]): Promise<void>;
  /**
   * Sends these very bytes, whatever they are: RTCP, since it has nothing else to send.
   * @throws what the library has against them
   */
  sendRaw(packet: Buffer): boolean;
  /** Closing the last peer of the process also ends the native library's threads. */
  close(): void;
}

export async function createReceivePeer(options: ReceivePeerOptions): Promise<ReceivePeer> {
  const listeners = new Set<RtpListener>();
  const sections = options.consumers.map(sectionOf);
  const connection = await Connection.create(
    options.transport,
    sections.length > 0 ? sections : [PLACEHOLDER],
    options,
  );
  // Tracks that nobody listens to cost no JavaScript: the library drops their packets.
  const unheard: ConsumerParameters[] = [...options.consumers];
  const listen = (): void => {
    if (listeners.size === 0) return;
    for (const consumer of unheard.splice(0)) deliver(connection, consumer, listeners);
  };

  return {
    dtlsParameters: connection.dtlsParameters,
    connected: connection.connected,
    onRtp(listener) {
      listeners.add(listener);
      listen();
      return () => listeners.delete(listener);
    },
    async add(consumers) {
      await connection.negotiate(consumers.map(sectionOf));
      unheard.push(...consumers);
      listen();
    },
    sendRaw(packet) {
      const [section = PLACEHOLDER] = sections;
      const native = connection.track(section.mid);
      return native.isOpen() && native.sendMessageBinary(packet);
    },
    close() {
      listeners.clear();
      connection.close();
    },
  };
}

/** An offer needs at least one section to carry ICE and DTLS. */
const PLACEHOLDER: MediaSection = {
  mid: 'placeholder',
  kind: 'audio',
  direction: 'inactive',
  codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
  extensions: [],
  ssrcs: [],
};

function deliver(
  connection: Connection,
  consumer: ConsumerParameters,
  listeners: ReadonlySet<RtpListener>,
): void {
  const { consumerId, kind, rtpParameters } = consumer;
  const levelId = rtpParameters.headerExtensions?.find(
    ({ uri }) => uri === EXTENSION_URI.level,
  )?.id;
  connection.track(midOf(consumer)).onMessage((bytes) => {
    if (listeners.size === 0) return;
    const packet = parseRtp(bytes);
    if (packet === undefined) return;
    const extension = packet.extensions.find(({ id }) => id === levelId);
    const level = extension && decodeLevel(extension.value)?.level;
    for (const listener of listeners) listener({ ...packet, consumerId, kind, level });
  });
}

function sectionOf(consumer: ConsumerParameters): MediaSection {
  const { codecs, headerExtensions = [], encodings = [] } = consumer.rtpParameters;
  return {
    mid: midOf(consumer),
    kind: consumer.kind,
    direction: 'sendonly',
    codecs,
    extensions: headerExtensions,
    ssrcs: encodings
      .flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc])
      .filter((ssrc) => ssrc !== undefined),
  };
}

/** The server numbers its consumers per transport; without a number the id itself is unique. */
function midOf(consumer: ConsumerParameters): string {
  return consumer.rtpParameters.mid ?? consumer.consumerId;
}
