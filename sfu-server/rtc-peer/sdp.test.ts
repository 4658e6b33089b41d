import { describe, expect, it } from 'vitest';
import { buildOffer, fingerprintOf, type MediaSection } from './sdp.ts';
import type { TransportParameters } from './wire.ts';

const transport: TransportParameters = {
  id: 't',
  iceParameters: { usernameFragment: 'frag', password: 'secret' },
  iceCandidates: [
    { foundation: 'udpcandidate', priority: 7, address: '192.0.2.1', protocol: 'udp', port: 4000 },
    { foundation: 'tcpcandidate', priority: 6, address: '192.0.2.1', protocol: 'tcp', port: 4000 },
  ],
  dtlsParameters: {
    fingerprints: [
      { algorithm: 'sha-512', value: 'FF' },
      { algorithm: 'sha-256', value: 'AA:BB' },
    ],
  },
};

const section: MediaSection = {
  mid: '3',
  kind: 'audio',
  direction: 'sendonly',
  codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
  extensions: [{ uri: 'urn:example', id: 4 }],
  ssrcs: [11, 12],
};

describe('the offer in the name of the server', () => {
  it('carries the transport and every section', () => {
    const lines = buildOffer(
      transport,
      [section, { ...section, mid: '4', kind: 'video' }],
      2,
    ).split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'o=- 1 2 IN IP4 0.0.0.0',
        'a=group:BUNDLE 3 4',
        'a=fingerprint:sha-256 AA:BB',
        'a=ice-ufrag:frag',
        'a=ice-pwd:secret',
        'a=candidate:udpcandidate 1 udp 7 192.0.2.1 4000 typ host',
        'm=audio 7 UDP/TLS/RTP/SAVPF 100',
        'm=video 7 UDP/TLS/RTP/SAVPF 100',
        'a=rtpmap:100 opus/48000/2',
        'a=extmap:4 urn:example',
        'a=ssrc:11 cname:server',
        'a=ssrc:12 cname:server',
      ]),
    );
  });

  it('leaves TCP candidates out', () => {
    expect(buildOffer(transport, [section])).not.toContain('tcpcandidate');
  });

  it('refuses a transport without a SHA-256 fingerprint', () => {
    const bare = { ...transport, dtlsParameters: { fingerprints: [] } };
    expect(() => buildOffer(bare, [section])).toThrow('transport t offers no SHA-256 fingerprint');
  });
});

describe('the fingerprint of the answer', () => {
  it('is found wherever it stands', () => {
    expect(fingerprintOf('v=0\r\na=fingerprint:SHA-256 12:34\r\nm=audio')).toBe('12:34');
  });

  it('is missed with the description in the message', () => {
    expect(() => fingerprintOf('v=0')).toThrow('v=0');
  });
});
