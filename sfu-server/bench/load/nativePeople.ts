/** The same people on a router of mediasoup alone, by the channel to the benchmark's server. */
import { createReceivePeer, createSendPeer } from '../../rtc-peer/index.ts';
import type { Delivery } from './delivery.ts';
import type { ServerChannel } from './ipc.ts';
import { hearInto, makeMany } from './people.ts';
import type { Talker } from './talk.ts';

/** @returns those who speak; all of the listeners hear each of them */
export const openNative = async (
  channel: ServerChannel,
  speakers: number,
  listeners: number,
  delivery: Delivery,
): Promise<Talker[]> => {
  const { routerId } = await channel.ask('nativeRouter', null);
  const speaking = await makeMany(speakers, async (index) => {
    const transport = await channel.ask('nativeTransport', { routerId });
    const peer = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
    const { dtlsParameters } = peer;
    const [track] = peer.tracks;
    if (!track) throw new Error('no track');
    await channel.ask('nativeConnect', { transportId: transport.id, dtlsParameters });
    const { rtpParameters } = track;
    const { producerId } = await channel.ask('nativeProduce', {
      transportId: transport.id,
      rtpParameters,
    });
    await peer.connected;
    return { producerId, talker: { csrc: FIRST_NUMBER + index, track } };
  });
  const producerIds = speaking.map(({ producerId }) => producerId);
  await makeMany(listeners, async () => {
    const transport = await channel.ask('nativeTransport', { routerId });
    const transportId = transport.id;
    const consumers = await channel.ask('nativeConsume', { transportId, producerIds });
    const peer = await createReceivePeer({ transport, consumers });
    peer.onRtp(hearInto(delivery));
    await channel.ask('nativeConnect', { transportId, dtlsParameters: peer.dtlsParameters });
    await peer.connected;
  });
  return speaking.map(({ talker }) => talker);
};

/** There are no participants here, so the numbers are ours. */
const FIRST_NUMBER = 1;
