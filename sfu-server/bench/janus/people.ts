/** Those who speak and those who listen in a VideoRoom: the same connections and packets as with Veche. */
import { Audio, PeerConnection } from 'node-datachannel';
import type { Track } from 'node-datachannel';
import * as z from 'zod';
import { parseRtp } from '../../rtc-peer/rtp.ts';
import { describeTrack, SendTrack } from '../../rtc-peer/sendPeer.ts';
import type { ProducerRtpParameters } from '../../rtc-peer/wire.ts';
import { until } from '../../test/support/wait.ts';
import type { Delivery } from '../load/delivery.ts';
import { makeMany } from '../load/people.ts';
import type { Talker } from '../load/talk.ts';
import type { JanusSession, Jsep } from './api.ts';
import { ROOM } from './process.ts';

const CONNECTED_WITHIN_MS = 20_000;
const Publisher = z.object({ id: z.number() });

interface JanusTalker extends Talker {
  /** What listeners ask for. */
  readonly feed: number;
}

/** Everything native, held here: what JavaScript forgets is closed by the garbage collector. */
const kept: (PeerConnection | Track)[] = [];

const connection = (name: string): PeerConnection => {
  const native = new PeerConnection(name, { iceServers: [] });
  kept.push(native);
  return native;
};

/** The description with all candidates, which Janus wants in one. */
const described = (native: PeerConnection): Promise<string> =>
  new Promise((resolve) => {
    native.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(native.localDescription()?.sdp ?? '');
    });
  });

const connected = (native: PeerConnection, name: string): Promise<unknown> =>
  until(() => native.state() === 'connected', `${name} is connected`, CONNECTED_WITHIN_MS);

const sdpIn = (jsep: Jsep | undefined): string => {
  if (!jsep) throw new Error('Janus answers without a description');
  return jsep.sdp;
};

/** The track of a microphone, as rtc-peer describes and sends it. */
const microphone = (rtp: ProducerRtpParameters): Audio => {
  const audio = new Audio(rtp.mid, 'SendOnly');
  for (const { payloadType } of rtp.codecs) audio.addOpusCodec(payloadType);
  for (const { id, uri } of rtp.headerExtensions) audio.parseSdpLine(`a=extmap:${id} ${uri}`);
  for (const { ssrc } of rtp.encodings) audio.addSSRC(ssrc, 'microphone', 'stream', 'track');
  return audio;
};

export const addSpeakers = (session: JanusSession, count: number): Promise<JanusTalker[]> =>
  makeMany(count, async (index) => {
    const handle = await session.attach();
    const native = connection(`speaker ${index}`);
    let transmit: Track | null = null;
    const track = new SendTrack('audio', describeTrack({ kind: 'audio' }), (packet) =>
      transmit === null ? false : transmit.sendMessageBinary(packet),
    );
    transmit = native.addTrack(microphone(track.rtpParameters));
    kept.push(transmit);
    const offer = described(native);
    native.setLocalDescription();
    const { data } = await handle.ask({ request: 'join', ptype: 'publisher', room: ROOM });
    const sdp = await offer;
    const answer = await handle.ask({ request: 'publish' }, { type: 'offer', sdp });
    native.setRemoteDescription(sdpIn(answer.jsep), 'answer');
    await connected(native, 'a speaker');
    return {
      csrc: index + 1,
      // Janus 1.1 cannot encrypt what has a CSRC for its listeners: they would hear nothing.
      track: { send: (packet) => track.send({ ...packet, csrcs: [] }) },
      feed: Publisher.parse(data).id,
    };
  });

export const addListeners = async (
  session: JanusSession,
  talkers: readonly JanusTalker[],
  count: number,
  delivery: Delivery,
): Promise<void> => {
  const streams = talkers.map(({ feed }) => ({ feed }));
  await makeMany(count, async (index) => {
    const handle = await session.attach();
    const native = connection(`listener ${index}`);
    native.onTrack((track) => {
      kept.push(track);
      // In the order in which they were asked for.
      const speaker = talkers[Number(track.mid())]?.csrc ?? -1;
      track.onMessage((bytes) => {
        const packet = parseRtp(bytes);
        if (packet) delivery.arrive(speaker, packet.payload.length, performance.now());
      });
    });
    const answer = described(native);
    const joined = { request: 'join', ptype: 'subscriber', room: ROOM, streams };
    const { jsep } = await handle.ask(joined);
    native.setRemoteDescription(sdpIn(jsep), 'offer');
    const sdp = await answer;
    await handle.ask({ request: 'start' }, { type: 'answer', sdp });
    await connected(native, 'a listener');
  });
};
