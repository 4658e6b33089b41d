// The values that a peer and a server exchange to agree on media: plain JSON, as the wire carries it.

export type MediaKind = 'audio' | 'video';

/** What `transport:create` answers. */
export interface TransportParameters {
  readonly id: string;
  readonly iceParameters: { readonly usernameFragment: string; readonly password: string };
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: { readonly fingerprints: readonly DtlsFingerprint[] };
}

interface IceCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
}

interface DtlsFingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** What a peer sends with `transport:connect`. */
export interface LocalDtlsParameters {
  role: 'client';
  fingerprints: { algorithm: 'sha-256'; value: string }[];
}

export interface RtpCodec {
  mimeType: string;
  payloadType: number;
  clockRate: number;
  channels?: number;
  parameters?: Record<string, string | number>;
  rtcpFeedback?: { type: string; parameter?: string }[];
}

/** What a peer sends with `producer:create`. */
export interface ProducerRtpParameters {
  mid: string;
  codecs: RtpCodec[];
  headerExtensions: { uri: HeaderExtensionUri; id: number }[];
  encodings: { ssrc: number }[];
  rtcp: { cname: string };
}

type HeaderExtensionUri = (typeof EXTENSION_URI)[keyof typeof EXTENSION_URI];

export const EXTENSION_URI = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  level: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
} as const;

/** One entry of what `consumer:create` answers. */
export interface ConsumerParameters {
  readonly consumerId: string;
  readonly kind: MediaKind;
  readonly rtpParameters: ConsumerRtpParameters;
}

interface ConsumerRtpParameters {
  readonly mid?: string | undefined;
  readonly codecs: readonly Readonly<ReceivedCodec>[];
  readonly headerExtensions?: readonly { readonly uri: string; readonly id: number }[] | undefined;
  readonly encodings?:
    | readonly {
        readonly ssrc?: number | undefined;
        readonly rtx?: { readonly ssrc: number } | undefined;
      }[]
    | undefined;
}

/** The fields of a codec that an SDP media section needs. */
export interface ReceivedCodec {
  mimeType: string;
  payloadType: number;
  clockRate: number;
  channels?: number | undefined;
}
