/**
 * The RTP, ICE and DTLS parameters that travel between mediasoup and mediasoup-client
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/), checked
 * before a worker sees them.
 */
import * as z from 'zod/mini';

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.output<typeof MediaKind>;

/** Header extensions that both mediasoup and mediasoup-client know. */
export const HEADER_EXTENSION_URIS = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  'urn:3gpp:video-orientation',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
  'urn:mediasoup:params:rtp-hdrext:packet-id',
] as const;
type HeaderExtensionUri = (typeof HEADER_EXTENSION_URIS)[number];

const known: ReadonlySet<string> = new Set(HEADER_EXTENSION_URIS);
const isKnown = <T extends { uri: string }>(one: T): one is T & { uri: HeaderExtensionUri } =>
  known.has(one.uri);

const int = (min: number, max: number) => z.int().check(z.gte(min), z.lte(max));
const text = (max: number) => z.string().check(z.maxLength(max));
const list = <T extends z.ZodMiniType>(item: T, max: number) =>
  z.array(item).check(z.maxLength(max));

const payloadType = int(0, 127);
const ssrc = int(0, 0xffff_ffff);
const codecParameters = z.record(
  text(64),
  z.union([text(1024), z.number(), z.boolean(), z.null()]),
);
const rtcpFeedback = list(z.object({ type: text(64), parameter: z.exactOptional(text(64)) }), 16);
const mimeType = z.string().check(z.regex(/^(audio|video)\/[A-Za-z0-9.+_-]{1,64}$/));

const headerExtensions = z.pipe(
  list(
    z.object({
      uri: text(256),
      id: int(1, 255),
      encrypt: z.exactOptional(z.boolean()),
    }),
    32,
  ),
  // One that mediasoup does not know cannot matter to it: dropped like an unknown key.
  z.transform((all) => all.filter(isKnown)),
);

export const RtpParameters = z.object({
  mid: z.exactOptional(text(32)),
  msid: z.exactOptional(text(256)),
  codecs: z
    .array(
      z.object({
        mimeType,
        payloadType,
        clockRate: int(1, 1_000_000),
        channels: z.exactOptional(int(1, 8)),
        parameters: z.exactOptional(codecParameters),
        rtcpFeedback: z.exactOptional(rtcpFeedback),
      }),
    )
    .check(z.minLength(1), z.maxLength(32)),
  headerExtensions: z.exactOptional(headerExtensions),
  encodings: z.exactOptional(
    z
      .array(
        z.object({
          ssrc: z.exactOptional(ssrc),
          rid: z.exactOptional(text(32)),
          codecPayloadType: z.exactOptional(payloadType),
          rtx: z.exactOptional(z.object({ ssrc })),
          dtx: z.exactOptional(z.boolean()),
          scalabilityMode: z.exactOptional(text(32)),
          maxBitrate: z.exactOptional(int(0, 1_000_000_000)),
        }),
      )
      .check(z.minLength(1), z.maxLength(4)),
  ),
  rtcp: z.exactOptional(
    z.object({
      cname: z.exactOptional(text(256)),
      reducedSize: z.exactOptional(z.boolean()),
    }),
  ),
});
export type RtpParameters = z.output<typeof RtpParameters>;

export const RtpCapabilities = z.object({
  codecs: z.exactOptional(
    list(
      z.object({
        kind: MediaKind,
        mimeType,
        preferredPayloadType: payloadType,
        clockRate: int(1, 1_000_000),
        channels: z.exactOptional(int(1, 8)),
        parameters: z.exactOptional(codecParameters),
        rtcpFeedback: z.exactOptional(rtcpFeedback),
      }),
      64,
    ),
  ),
  headerExtensions: z.exactOptional(
    z.pipe(
      list(
        z.object({
          kind: MediaKind,
          uri: text(256),
          preferredId: int(1, 255),
          preferredEncrypt: z.exactOptional(z.boolean()),
          direction: z.exactOptional(z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive'])),
        }),
        64,
      ),
      z.transform((all) => all.filter(isKnown)),
    ),
  ),
});
export type RtpCapabilities = z.output<typeof RtpCapabilities>;

export const IceParameters = z.object({
  usernameFragment: text(256),
  password: text(256),
  iceLite: z.exactOptional(z.boolean()),
});
export type IceParameters = z.output<typeof IceParameters>;

export const IceCandidate = z.object({
  foundation: text(64),
  priority: int(0, 0xffff_ffff),
  ip: text(256),
  address: text(256),
  protocol: z.enum(['udp', 'tcp']),
  port: int(0, 65_535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.exactOptional(z.enum(['active', 'passive', 'so'])),
});
export type IceCandidate = z.output<typeof IceCandidate>;

/** At least one fingerprint: an empty list once killed a worker (mediasoup issue 537). */
export const DtlsParameters = z.object({
  role: z.exactOptional(z.enum(['auto', 'client', 'server'])),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().check(z.regex(/^([0-9A-Fa-f]{2}:){19,63}[0-9A-Fa-f]{2}$/)),
      }),
    )
    .check(z.minLength(1), z.maxLength(8)),
});
export type DtlsParameters = z.output<typeof DtlsParameters>;
