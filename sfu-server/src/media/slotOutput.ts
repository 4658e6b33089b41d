/** The slots as listeners of one router consume them: a producer for each, fed from here. */
import type { DirectTransport, Producer, Router } from 'mediasoup/types';
import { mediaCodecs } from './codecs.ts';
import { fromWorker } from './guard.ts';

export const LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
/** Id of the level in the packets that slots carry; each consumer's own id is set by mediasoup. */
export const LEVEL_ID = 1;
/** Constant, so that a listener's decoder sees one stream for life. */
const FIRST_SSRC = 7_000_000;

export const ssrcOf = (slot: number): number => FIRST_SSRC + slot;

const opus = mediaCodecs.find(({ kind }) => kind === 'audio');

export class SlotOutput {
  readonly #transport: DirectTransport;
  readonly #producers: readonly Producer[];

  private constructor(transport: DirectTransport, producers: readonly Producer[]) {
    this.#transport = transport;
    this.#producers = producers;
  }

  static async create(router: Router, slots: number): Promise<SlotOutput> {
    const transport = await fromWorker(router.createDirectTransport(), (late) => {
      late.close();
    });
    try {
      const producers = await Promise.all(
        Array.from({ length: slots }, (_, slot) => fromWorker(produce(transport, slot))),
      );
      return new SlotOutput(transport, producers);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  producerId(slot: number): string | undefined {
    return this.#producers[slot]?.id;
  }

  send(slot: number, packet: Buffer): void {
    const producer = this.#producers[slot];
    // Its worker may just have died.
    if (producer?.closed === false) producer.send(packet);
  }

  close(): void {
    this.#transport.close();
  }
}

const produce = (transport: DirectTransport, slot: number): Promise<Producer> => {
  if (opus?.preferredPayloadType === undefined) throw new Error('no audio codec');
  const { mimeType, clockRate, channels, parameters, preferredPayloadType } = opus;
  return transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [
        {
          mimeType,
          clockRate,
          payloadType: preferredPayloadType,
          ...(channels === undefined ? {} : { channels }),
          ...(parameters === undefined ? {} : { parameters }),
        },
      ],
      headerExtensions: [{ uri: LEVEL_URI, id: LEVEL_ID }],
      encodings: [{ ssrc: ssrcOf(slot) }],
      rtcp: { cname: `slot-${slot}` },
    },
  });
};
