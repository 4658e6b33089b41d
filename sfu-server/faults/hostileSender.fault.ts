/** Row 24: somebody sends far too much, and says of every packet that it is as loud as can be. */
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { startServer } from './support/server.ts';
import { createSendPeer } from '../rtc-peer/index.ts';
import { lostAmong, openRoom, talkAll } from './support/talkers.ts';

const BITS_PER_S = 20_000_000;
const PACKET_BYTES = 1200;
const EVERY_MS = 10;
const CLOSED_WITHIN_MS = 15_000;
/** Beyond the goal, so that what is late is measured too. */
const WATCHED_FOR_MS = 40_000;
const LOUDEST = 0;
/** As many as a page is ever told of. */
const MOST_SPEAKERS = 8;
const PEOPLE = 3;

export default new Scenario({
  name: 'hostile-sender',
  number: 24,
  title: 'Somebody sends far too much, as loud as can be',
  injects: `A microphone of ${BITS_PER_S / 1_000_000} Mbit/s at 0 dBov in a room of ${PEOPLE} honest people.`,
  seconds: 20,
  run: async (context) => {
    const server = await startServer(context);
    const members = await openRoom(server, context, PEOPLE);
    await talkAll(members);
    const [owner] = members;
    if (!owner) throw new Error('nobody is there');
    const { roomId } = owner;

    const mallory = await server.connect('Mallory');
    const { epoch } = await mallory.request('room:join', { roomId });
    await mallory.request('mic:set', { roomId, muted: false });
    const wanted = { roomId, epoch, direction: 'send' as const };
    const transport = await mallory.request('transport:create', wanted);
    const peer = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
    context.after(() => {
      peer.close();
    });
    const { dtlsParameters } = peer;
    await mallory.request('transport:connect', { transportId: transport.id, dtlsParameters });
    const [track] = peer.tracks;
    if (!track) throw new Error('no track');
    const { producerId } = await mallory.request('producer:create', {
      transportId: transport.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await peer.connected;
    const payload = new Uint8Array(PACKET_BYTES);
    const perTick = Math.ceil((BITS_PER_S / 8 / PACKET_BYTES) * (EVERY_MS / 1000));
    let sentBytes = 0;
    const startedAt = performance.now();
    const sending = setInterval(() => {
      for (let packet = 0; packet < perTick; packet++) {
        if (track.send({ payload, level: LOUDEST })) sentBytes += PACKET_BYTES;
      }
    }, EVERY_MS);
    context.after(() => {
      clearInterval(sending);
    });
    const closedAfter = await until(
      () => owner.client.all('room:track-unpublished').find((it) => it.producerId === producerId),
      'it is closed',
      WATCHED_FOR_MS,
    ).then(
      ({ reason }) => ({ ms: performance.now() - startedAt, reason: reason ?? 'none' }),
      () => ({ ms: NaN, reason: 'none' }),
    );
    clearInterval(sending);
    const seconds = (performance.now() - startedAt) / 1000;
    const speakers = owner.client.all('room:speakers').map((notice) => notice.speakers.length);
    return [
      {
        what: 'sent',
        value: (sentBytes * 8) / seconds / 1_000_000,
        unit: 'Mbit/s',
        goal: { atLeast: 1 },
      },
      {
        what: 'closed after',
        value: Math.round(closedAfter.ms),
        unit: 'ms',
        goal: { atMost: CLOSED_WITHIN_MS },
      },
      {
        what: 'which they are told with',
        value: closedAfter.reason,
        goal: { exactly: 'sent_too_much' },
      },
      {
        what: 'largest set of speakers told',
        value: Math.max(0, ...speakers),
        goal: { atMost: MOST_SPEAKERS },
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
