// A peer that publishes: it makes the RTP parameters of its tracks and sends packets of the caller's making.
import { randomInt } from 'node:crypto';
import { Connection, type ConnectionOptions } from './connection.ts';
import { buildRtp, encodeLevel, type HeaderExtension } from './rtp.ts';
import type { MediaSection } from './sdp.ts';
import {
  EXTENSION_URI,
  type LocalDtlsParameters,
  type MediaKind,
  type ProducerRtpParameters,
  type RtpCodec,
  type TransportParameters,
} from './wire.ts';

export interface SendPeerOptions extends ConnectionOptions {
  readonly transport: TransportParameters;
  readonly tracks: readonly SendTrackOptions[];
}

interface SendTrackOptions {
  readonly kind: MediaKind;
  /** This peer's own number for its codec; the server translates it. */
  readonly payloadType?: number | undefined;
  /** Random unless given. */
  readonly ssrc?: number | undefined;
  /** The track's place in the list unless given. */
  readonly mid?: string | undefined;
  /** Opus for audio, VP8 for video unless given. */
  readonly codec?: Omit<RtpCodec, 'payloadType'> | undefined;
}

interface SendOptions {
  readonly payload?: Uint8Array | undefined;
  /** Sent with RFC 6464, in dBov: −127 … 0. Left out of the packet unless given. */
  readonly level?: number | undefined;
  /** The voice bit beside the level. Default: louder than −127. */
  readonly voice?: boolean | undefined;
  /** Instead of `level`: the bytes of its value, which need not make sense. */
  readonly levelBytes?: Uint8Array | undefined;
  readonly marker?: boolean | undefined;
  /**
   * How far this packet's timestamp lies after the last one's. Default 20 ms, or the time that passed
   * where nothing was sent for long: the clock of the samples runs on in silence.
   */
  readonly timestampStep?: number | undefined;
  /** More than 1 leaves a gap, as a lost packet does. */
  readonly sequenceStep?: number | undefined;
  readonly csrcs?: readonly number[] | undefined;
}

export interface SentPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
}

export interface SendPeer {
  /** To be given to `transport:connect`. */
  readonly dtlsParameters: LocalDtlsParameters;
  /** In the order of the options. */
  readonly tracks: readonly SendTrack[];
  /** Settles once: packets can be sent, or the reason why not. */
  readonly connected: Promise<void>;
  /** Closing the last peer of the process also ends the native library's threads. */
  close(): void;
}

export async function createSendPeer(options: SendPeerOptions): Promise<SendPeer> {
  const streams = options.tracks.map((track, index) => describeTrack(track, index));
  const connection = await Connection.create(options.transport, streams.map(sectionOf), options);
  return {
    dtlsParameters: connection.dtlsParameters,
    tracks: streams.map((rtpParameters, index) => {
      const kind = options.tracks[index]?.kind ?? 'audio';
      const native = connection.track(rtpParameters.mid);
      return new SendTrack(
        kind,
        rtpParameters,
        (packet) => native.isOpen() && native.sendMessageBinary(packet),
      );
    }),
    connected: connection.connected,
    close: () => connection.close(),
  };
}

/** Of this peer's choosing; the server maps them to its own. */
const EXTENSION_ID = { mid: 1, level: 10 } as const;
/** A comfortable Opus frame at 32 kbit/s. */
const DEFAULT_PAYLOAD = new Uint8Array(80);

const DEFAULT_CODEC: Record<MediaKind, RtpCodec> = {
  audio: {
    mimeType: 'audio/opus',
    payloadType: 111,
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
    rtcpFeedback: [],
  },
  video: {
    mimeType: 'video/VP8',
    payloadType: 96,
    clockRate: 90_000,
    parameters: {},
    rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
  },
};

const PACKET_MS = 20;
/** A timer that is late by less is no pause of the sender's, ms. */
const PAUSE_MS = 150;

/** One stream of packets; it counts sequence numbers and timestamps by itself. */
export class SendTrack {
  readonly kind: MediaKind;
  /** To be given to `producer:create`. */
  readonly rtpParameters: ProducerRtpParameters;
  readonly ssrc: number;
  readonly #transmit: (packet: Buffer) => boolean;
  readonly #mid: HeaderExtension;
  readonly #payloadType: number;
  readonly #defaultTimestampStep: number;
  #sequenceNumber = randomInt(0x1_0000);
  #timestamp = randomInt(0x1_0000_0000);
  #sentAt = performance.now();

  constructor(
    kind: MediaKind,
    rtpParameters: ProducerRtpParameters,
    transmit: (packet: Buffer) => boolean,
  ) {
    const [codec] = rtpParameters.codecs;
    const [encoding] = rtpParameters.encodings;
    if (codec === undefined || encoding === undefined)
      throw new Error('a track needs a codec and an SSRC');
    this.kind = kind;
    this.rtpParameters = rtpParameters;
    this.ssrc = encoding.ssrc;
    this.#transmit = transmit;
    this.#mid = { id: EXTENSION_ID.mid, value: Buffer.from(rtpParameters.mid) };
    this.#payloadType = codec.payloadType;
    this.#defaultTimestampStep = (codec.clockRate * PACKET_MS) / 1000;
  }

  /** Undefined when the connection did not take the packet: not open yet, closed, or its buffer full. */
  send(options: SendOptions = {}): SentPacket | undefined {
    this.#sequenceNumber = (this.#sequenceNumber + (options.sequenceStep ?? 1)) & 0xffff;
    this.#timestamp = (this.#timestamp + (options.timestampStep ?? this.#passed())) >>> 0;
    const level = levelOf(options);
    const extensions = level ? [this.#mid, { id: EXTENSION_ID.level, value: level }] : [this.#mid];
    const sent = { sequenceNumber: this.#sequenceNumber, timestamp: this.#timestamp };
    const packet = buildRtp({
      ...sent,
      payloadType: this.#payloadType,
      ssrc: this.ssrc,
      marker: options.marker ?? false,
      csrcs: options.csrcs ?? [],
      extensions,
      payload: options.payload ?? DEFAULT_PAYLOAD,
    });
    return this.#transmit(packet) ? sent : undefined;
  }

  /**
   * Sends these very bytes, whatever they are.
   * @throws what the library has against them
   */
  sendRaw(packet: Buffer): boolean {
    return this.#transmit(packet);
  }

  /** Since the last packet, in whole packets of the clock of the samples. */
  #passed(): number {
    const now = performance.now();
    const passedMs = now - this.#sentAt;
    this.#sentAt = now;
    const packets = passedMs > PAUSE_MS ? Math.floor(passedMs / PACKET_MS) : 1;
    return packets * this.#defaultTimestampStep;
  }
}

const levelOf = ({ level, levelBytes, voice }: SendOptions): Uint8Array | undefined =>
  level === undefined ? levelBytes : encodeLevel({ level, voice: voice ?? level > -127 });

/** What a track sends, before there is a connection for it. */
export function describeTrack(track: SendTrackOptions, index = 0): ProducerRtpParameters {
  const preset = DEFAULT_CODEC[track.kind];
  return {
    mid: track.mid ?? String(index),
    codecs: [{ ...(track.codec ?? preset), payloadType: track.payloadType ?? preset.payloadType }],
    headerExtensions: [
      { uri: EXTENSION_URI.mid, id: EXTENSION_ID.mid },
      ...(track.kind === 'audio' ? [{ uri: EXTENSION_URI.level, id: EXTENSION_ID.level }] : []),
    ],
    // 0 is not a valid SSRC for the server.
    encodings: [{ ssrc: track.ssrc ?? randomInt(1, 0x1_0000_0000) }],
    rtcp: { cname: 'rtc-peer' },
  };
}

function sectionOf(parameters: ProducerRtpParameters): MediaSection {
  const [codec] = parameters.codecs;
  return {
    mid: parameters.mid,
    kind: codec?.mimeType.startsWith('video/') ? 'video' : 'audio',
    direction: 'recvonly',
    codecs: parameters.codecs,
    extensions: parameters.headerExtensions,
    ssrcs: [],
  };
}
