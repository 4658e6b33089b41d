/**
 * RTP and RTCP that no sender would make, of streams that there are: mostly right, then wrong in a few
 * places, since what is all wrong is thrown away by the first check. The same seed makes the same.
 */
import { HEADER_EXTENSION_URIS } from '@veche/protocol';
import { randomFrom } from './randomFrom.ts';

export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';

const PAYLOAD_TYPES = { VP8: 96, VP9: 98, H264: 102, AV1: 45 } as const;
const PARAMETERS: Partial<Record<VideoCodec, Record<string, string | number>>> = {
  VP9: { 'profile-id': 0 },
  H264: {
    'packetization-mode': 1,
    'profile-level-id': '42e01f',
    'level-asymmetry-allowed': 1,
  },
};
const FEEDBACK = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
];
/** All that a server passes on or reads. */
const EXTENSIONS = HEADER_EXTENSION_URIS.map((uri, index) => ({ uri, id: index + 1 }));
const EXTENSION_ID = (end: string): number =>
  EXTENSIONS.find(({ uri }) => uri.endsWith(end))?.id ?? 0;
const MID_ID = EXTENSION_ID('sdes:mid');
const RID_IDS = [EXTENSION_ID('sdes:rtp-stream-id'), EXTENSION_ID('repaired-rtp-stream-id')];

/** First bytes of payloads that say much: how a frame is cut up, and its layers. */
const DESCRIPTORS: Record<VideoCodec, readonly number[]> = {
  VP8: [0x10, 0x90, 0x80, 0xff, 0x00],
  VP9: [0x8a, 0xae, 0xff, 0xfa, 0x02, 0x3e, 0xbe],
  H264: [24, 28, 0x7c, 0x78, 5, 7, 1],
  AV1: [0x08, 0x18, 0x10, 0xff, 0x80],
};
const EDGES = [0, 1, 0x7f, 0x80, 0xff];
/** An own SSRC for what has only a rid. */
const SSRC_OF_RID = 90_000;

export interface HostileTrack {
  readonly mid: string;
  readonly codec: VideoCodec;
  /** To be given to `producer:create`. */
  readonly rtpParameters: object;
  readonly ssrcs: readonly number[];
}

export class HostilePackets {
  readonly #random: () => number;
  #sequenceNumber = 0;
  #timestamp = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** A track of any codec, of one stream, of layers, or of three. */
  track(mid: string, codec = this.pick(Object.keys(PAYLOAD_TYPES) as VideoCodec[])): HostileTrack {
    const payloadType = PAYLOAD_TYPES[codec];
    const ssrc = 1 + this.int(80_000);
    const one = { ssrc, rtx: { ssrc: ssrc + 1 } };
    const layered = codec === 'VP9' || codec === 'AV1';
    const ways = [
      [one],
      [{ ...one, scalabilityMode: layered ? this.pick(['L3T3', 'L3T3_KEY', 'L2T2h']) : 'L1T3' }],
      ...(layered ? [] : [['r0', 'r1', 'r2'].map((rid) => ({ rid, scalabilityMode: 'L1T3' }))]),
    ];
    return {
      mid,
      codec,
      ssrcs: [ssrc, ssrc + 1, SSRC_OF_RID, SSRC_OF_RID + 1, SSRC_OF_RID + 2],
      rtpParameters: {
        mid,
        codecs: [
          {
            mimeType: `video/${codec}`,
            payloadType,
            clockRate: 90_000,
            parameters: PARAMETERS[codec] ?? {},
            rtcpFeedback: FEEDBACK,
          },
          {
            mimeType: 'video/rtx',
            payloadType: payloadType + 1,
            clockRate: 90_000,
            parameters: { apt: payloadType },
          },
        ],
        headerExtensions: EXTENSIONS,
        encodings: this.pick(ways),
        rtcp: { cname: 'hostile' },
      },
    };
  }

  /** Of a sender. */
  packet(track: HostileTrack): Buffer {
    return this.#likely(0.12) ? this.feedback(track.ssrcs) : this.#rtp(track);
  }

  /** RFC 3550 and 4585: several packets of RTCP in one, of every kind, about these streams. */
  feedback(ssrcs: readonly number[]): Buffer {
    return Buffer.concat(Array.from({ length: 1 + this.int(4) }, () => this.#report(ssrcs)));
  }

  int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(all: readonly [T, ...T[]] | readonly T[]): T {
    const one = all[this.int(all.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  #likely(probability: number): boolean {
    return this.#random() < probability;
  }

  #bytes(count: number): Buffer {
    const byte = (): number => (this.#likely(0.3) ? this.pick(EDGES) : this.int(256));
    return Buffer.from(Array.from({ length: count }, byte));
  }

  #rtp(track: HostileTrack): Buffer {
    const { codec, ssrcs } = track;
    const retransmits = this.#likely(0.15);
    const payloadType = PAYLOAD_TYPES[codec] + (retransmits ? 1 : 0);
    this.#sequenceNumber = this.#likely(0.05)
      ? this.int(0x1_0000)
      : (this.#sequenceNumber + (this.#likely(0.1) ? this.int(5) : 1)) & 0xffff;
    if (this.#likely(0.4)) this.#timestamp = (this.#timestamp + 3000) >>> 0;
    if (this.#likely(0.02)) this.#timestamp = this.int(2 ** 32);
    const csrcs = this.#likely(0.05) ? this.int(16) : 0;
    const extended = this.#likely(0.95);
    const padded = this.#likely(0.1);
    const header = Buffer.alloc(12 + csrcs * 4);
    header[0] = 0x80 | (padded ? 0x20 : 0) | (extended ? 0x10 : 0) | csrcs;
    header[1] =
      (this.#likely(0.5) ? 0x80 : 0) | (this.#likely(0.97) ? payloadType : this.int(0x40));
    header.writeUInt16BE(this.#sequenceNumber, 2);
    header.writeUInt32BE(this.#timestamp, 4);
    header.writeUInt32BE(this.#likely(0.02) ? this.int(2 ** 32) : this.pick(ssrcs), 8);
    return Buffer.concat([
      header,
      extended ? this.#extensions(track) : Buffer.alloc(0),
      this.#payload(codec),
      padded ? Buffer.from([this.int(this.#likely(0.3) ? 256 : 8)]) : Buffer.alloc(0),
    ]);
  }

  /** RFC 8285, in both forms: values of every length, some of another length than they say. */
  #extensions({ mid }: HostileTrack): Buffer {
    const twoBytes = this.#likely(0.3);
    const elements: Buffer[] = [];
    for (let left = this.int(6); left >= 0; left--) {
      const known = this.#likely(0.9);
      const id = known ? 1 + this.int(EXTENSIONS.length) : this.int(twoBytes ? 256 : 16);
      const value = this.#value(id, mid, twoBytes);
      const told = this.#likely(0.05) ? this.int(256) : value.length - (twoBytes ? 0 : 1);
      elements.push(Buffer.from(twoBytes ? [id, told] : [(id << 4) | (told & 0x0f)]), value);
      if (this.#likely(0.1)) elements.push(Buffer.alloc(this.int(3)));
    }
    const values = Buffer.concat(elements);
    const padding = Buffer.alloc((4 - (values.length % 4)) % 4);
    const header = Buffer.alloc(4);
    header.writeUInt16BE(twoBytes ? 0x1000 | this.int(16) : 0xbede, 0);
    const words = (values.length + padding.length) / 4;
    header.writeUInt16BE(this.#likely(0.98) ? words : this.int(0x1_0000), 2);
    return Buffer.concat([header, values, padding]);
  }

  #value(id: number, mid: string, twoBytes: boolean): Buffer {
    if (id === MID_ID && this.#likely(0.9)) return Buffer.from(mid);
    if (RID_IDS.includes(id) && this.#likely(0.9)) return Buffer.from(`r${this.int(3)}`);
    return this.#bytes(twoBytes ? this.int(this.#likely(0.1) ? 256 : 20) : 1 + this.int(16));
  }

  #payload(codec: VideoCodec): Buffer {
    const length = this.pick([0, this.int(4), this.int(200), this.int(200), this.int(1300)]);
    const payload = this.#bytes(length);
    if (length > 1 && this.#likely(0.7)) payload[0] = this.pick(DESCRIPTORS[codec]);
    return payload;
  }

  #report(ssrcs: readonly number[]): Buffer {
    const type = this.#likely(0.95) ? 200 + this.int(8) : 192 + this.int(32);
    const count = this.#likely(0.6) ? this.pick([0, 1, 2, 4, 15, 31]) : this.int(32);
    const body = this.#bytes(4 * this.int(24) + (this.#likely(0.05) ? this.int(4) : 0));
    for (const at of [0, 4]) {
      if (body.length >= at + 4 && this.#likely(0.8)) body.writeUInt32BE(this.pick(ssrcs), at);
    }
    // How packets arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01): those that there were.
    if (type === 205 && count === 15 && body.length >= 16) {
      body.writeUInt16BE(this.int(4000), 8);
      body.writeUInt16BE(this.int(this.#likely(0.8) ? 60 : 0x1_0000), 10);
    }
    // REMB (draft-alvestrand-rmcat-remb) and blocks of extended reports (RFC 3611).
    if (type === 206 && count === 15 && body.length >= 12) body.write('REMB', 8);
    if (type === 207 && body.length >= 8) {
      body[4] = this.pick([1, 4, 5, 7, 42]);
      const words = Math.floor((body.length - 8) / 4);
      body.writeUInt16BE(this.#likely(0.7) ? words : this.int(300), 6);
    }
    const header = Buffer.alloc(4);
    header[0] = 0x80 | (this.#likely(0.05) ? 0x20 : 0) | count;
    header[1] = type;
    header.writeUInt16BE(this.#likely(0.95) ? body.length >> 2 : this.int(500), 2);
    return Buffer.concat([header, body]);
  }
}
