// Puts the server's transport parameters into the words node-datachannel speaks: an SDP offer, as if the
// server had sent one. Pure.
import type { MediaKind, ReceivedCodec, TransportParameters } from './wire.ts';

/** One media section, described from the server's side of the connection. */
export interface MediaSection {
  readonly mid: string;
  readonly kind: MediaKind;
  /** `sendonly`: the peer receives it. `recvonly`: the peer sends it. */
  readonly direction: 'sendonly' | 'recvonly' | 'inactive';
  readonly codecs: readonly Readonly<ReceivedCodec>[];
  readonly extensions: readonly { readonly uri: string; readonly id: number }[];
  /** What the server sends; node-datachannel drops packets of an SSRC that no section names. */
  readonly ssrcs: readonly number[];
}

export function buildOffer(
  transport: TransportParameters,
  sections: readonly MediaSection[],
  version = 1,
): string {
  const lines = [
    'v=0',
    `o=- 1 ${version} IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=fingerprint:sha-256 ${sha256Fingerprint(transport)}`,
    'a=msid-semantic: WMS *',
    `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`,
    ...sections.flatMap((section) => sectionLines(transport, section)),
  ];
  return lines.join('\r\n') + '\r\n';
}

/** The fingerprint of our own certificate, out of node-datachannel's answer. */
export function fingerprintOf(answer: string): string {
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(answer)?.[1];
  if (value === undefined)
    throw new Error(`the local description has no SHA-256 fingerprint:\n${answer}`);
  return value;
}

function sectionLines(transport: TransportParameters, section: MediaSection): string[] {
  const { mid, kind, direction, codecs, extensions, ssrcs } = section;
  const { usernameFragment, password } = transport.iceParameters;
  return [
    `m=${kind} 7 UDP/TLS/RTP/SAVPF ${codecs.map(({ payloadType }) => payloadType).join(' ')}`,
    'c=IN IP4 127.0.0.1',
    ...codecs.map(rtpmap),
    ...extensions.map(({ uri, id }) => `a=extmap:${id} ${uri}`),
    'a=setup:actpass',
    `a=mid:${mid}`,
    `a=${direction}`,
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    ...candidateLines(transport),
    'a=end-of-candidates',
    ...ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:server`),
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
}

function rtpmap({ mimeType, payloadType, clockRate, channels }: Readonly<ReceivedCodec>): string {
  const name = mimeType.slice(mimeType.indexOf('/') + 1);
  const suffix = channels !== undefined && channels > 1 ? `/${channels}` : '';
  return `a=rtpmap:${payloadType} ${name}/${clockRate}${suffix}`;
}

/** UDP only: this peer has no ICE over TCP. */
function candidateLines(transport: TransportParameters): string[] {
  return transport.iceCandidates
    .filter(({ protocol }) => protocol === 'udp')
    .map(
      ({ foundation, priority, address, port }) =>
        `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
    );
}

function sha256Fingerprint(transport: TransportParameters): string {
  const found = transport.dtlsParameters.fingerprints.find(
    ({ algorithm }) => algorithm === 'sha-256',
  );
  if (found === undefined)
    throw new Error(`transport ${transport.id} offers no SHA-256 fingerprint`);
  return found.value;
}
