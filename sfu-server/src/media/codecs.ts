/**
 * The codecs of every router. They and their payload types are equal everywhere, so that a client
 * keeps its Device when its room moves to another worker
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/).
 */
import type { RouterRtpCodecCapability } from 'mediasoup/types';

export const mediaCodecs: RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    preferredPayloadType: 100,
    clockRate: 48_000,
    channels: 2,
    // In-band error correction against loss; no packets to speak of in silence.
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  // VP8 first: what every browser encodes cheaply, and the default of calls.
  { kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    preferredPayloadType: 103,
    clockRate: 90_000,
    parameters: { 'profile-id': 0 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    preferredPayloadType: 105,
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    },
  },
  { kind: 'video', mimeType: 'video/AV1', preferredPayloadType: 107, clockRate: 90_000 },
];
