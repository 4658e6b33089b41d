/** Row 24: people in the room send packets that no browser would make, encrypted as they should be. */
import type { RoomId } from '@veche/protocol';
import { createReceivePeer, createSendPeer } from '../rtc-peer/index.ts';
import { HostilePackets } from '../test/support/hostilePackets.ts';
import { childrenOf } from '../test/support/process.ts';
import { Scenario } from './scenario.ts';
import type { Context } from './scenario.ts';
import { inRounds } from './support/rounds.ts';
import { startServer } from './support/server.ts';
import type { ServerUnderFault } from './support/server.ts';
import { goOn, lostAmong, openRoom, talkAll } from './support/talkers.ts';

const PEOPLE = 3;
const ROUNDS = { full: 150, short: 10 };
const PACKETS = 1200;
const AT_ONCE = 40;
const EVERY_MS = 5;
/** A log that grows by packets fills the disk. */
const MOST_LINES = 100;

interface Attack {
  readonly server: ServerUnderFault;
  readonly roomId: RoomId;
  readonly hostile: HostilePackets;
  readonly after: Context['after'];
}

/** Somebody with two pictures. */
const publish = async ({ server, roomId, hostile, after }: Attack) => {
  const tracks = [hostile.track('0'), hostile.track('1')] as const;
  const mallory = await server.connect('Mallory');
  const { epoch } = await mallory.request('room:join', { roomId });
  const wanted = { roomId, epoch, direction: 'send' as const };
  const transport = await mallory.request('transport:create', wanted);
  const peer = await createSendPeer({
    transport,
    tracks: tracks.map(({ mid }) => ({ kind: 'video', mid })),
  });
  after(() => {
    peer.close();
  });
  const { dtlsParameters } = peer;
  await mallory.request('transport:connect', { transportId: transport.id, dtlsParameters });
  for (const [index, { rtpParameters }] of tracks.entries()) {
    const source = index === 0 ? 'camera' : 'screen';
    const asked = { transportId: transport.id, kind: 'video', source, rtpParameters };
    const outcome = await mallory.outcome('producer:create', asked);
    if (outcome !== 'ok') throw new Error(`a track is refused: ${outcome}`);
  }
  await peer.connected;
  const send = tracks.map((track, index): (() => boolean) => {
    return () => peer.tracks[index]?.sendRaw(hostile.packet(track)) === true;
  });
  return { client: mallory, send };
};

/** Somebody who sees all pictures, and answers for them. */
const subscribe = async ({ server, roomId, hostile, after }: Attack) => {
  const client = await server.connect('Trudy');
  const { epoch, snapshot, routerRtpCapabilities } = await client.request('room:join', { roomId });
  const wanted = { roomId, epoch, direction: 'receive' as const };
  const transport = await client.request('transport:create', wanted);
  const { consumers } = await client.request('consumer:create', {
    transportId: transport.id,
    rtpCapabilities: routerRtpCapabilities,
    producerIds: snapshot.tracks.map(({ producerId }) => producerId),
  });
  const peer = await createReceivePeer({ transport, consumers });
  after(() => {
    peer.close();
  });
  const { dtlsParameters } = peer;
  await client.request('transport:connect', { transportId: transport.id, dtlsParameters });
  await peer.connected;
  const consumerIds = consumers.map(({ consumerId }) => consumerId);
  await client.request('consumer:resume', { consumerIds });
  const ssrcs = consumers.flatMap(({ rtpParameters: { encodings = [] } }) =>
    encodings.flatMap(({ ssrc, rtx }) => [ssrc ?? [], rtx?.ssrc ?? []].flat()),
  );
  return { client, send: () => peer.sendRaw(hostile.feedback(ssrcs)) };
};

/** @returns packets that were sent */
const attack = async (attacked: Attack): Promise<number> => {
  const { roomId, hostile } = attacked;
  const sender = await publish(attacked);
  const receiver = await subscribe(attacked);
  const ways = [...sender.send, ...sender.send, receiver.send];
  let sent = 0;
  for (let made = 0; made < PACKETS; made++) {
    try {
      if (hostile.pick(ways)()) sent++;
    } catch {
      // The library encrypts nothing that is cut off in its header.
    }
    if (made % AT_ONCE === AT_ONCE - 1) await goOn(EVERY_MS);
  }
  for (const { client } of [sender, receiver]) {
    await client.request('room:leave', { roomId });
    client.disconnect();
  }
  return sent;
};

export default new Scenario({
  name: 'hostile-packets',
  number: 24,
  title: 'Somebody sends packets that no sender would make',
  injects: `${ROUNDS.full} times ${PACKETS} packets of RTP and RTCP, wrong in a few places each, in a room of ${PEOPLE} honest people.`,
  seconds: 55,
  run: async (context) => {
    const server = await startServer(context, {
      VECHE_MEDIA_CAMERA_BITRATE: '100000000',
      VECHE_MEDIA_SCREEN_BITRATE: '100000000',
    });
    const members = await openRoom(server, context, PEOPLE);
    await talkAll(members);
    const [owner] = members;
    if (!owner) throw new Error('nobody is there');
    const workers = childrenOf(server.process.pid);
    const first = Math.floor(Math.random() * 1e9);
    const rounds = await inRounds(
      context.short ? ROUNDS.short : ROUNDS.full,
      context,
      async (round, index) => {
        const sent = await attack({
          server,
          roomId: owner.roomId,
          hostile: new HostilePackets(first + index),
          after: round.after,
        });
        const alive = childrenOf(server.process.pid);
        if (workers.some((pid) => !alive.includes(pid))) {
          throw new Error(`a worker died of seed ${first + index}`);
        }
        return sent;
      },
    );
    const sent = rounds.reduce((sum, count) => sum + count, 0);
    return [
      { what: 'seed', value: first },
      { what: 'packets', value: sent, goal: { atLeast: (rounds.length * PACKETS) / 4 } },
      {
        what: 'lines in the log',
        value: server.process.output().split('\n').length,
        goal: { atMost: MOST_LINES },
      },
      {
        what: 'honest people connected',
        value: members.filter(({ client }) => client.socket.connected).length,
        goal: { exactly: PEOPLE },
      },
      {
        what: 'packets that they missed of each other',
        value: await lostAmong(members),
        goal: { exactly: 0 },
      },
    ];
  },
});
