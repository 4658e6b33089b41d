/** Row 25: Node does nothing at all for three seconds. */
import { Scenario } from './scenario.ts';
import { timed } from './support/figures.ts';
import { startWithFaults } from './support/server.ts';
import { goOn, lostAmong, openRoom, talkAll } from './support/talkers.ts';

const PEOPLE = 4;
const STALL_MS = 3000;
/** Longer than it takes to find a connection dead. */
const WATCHED_FOR_MS = 10_000;

export default new Scenario({
  name: 'loop-stall',
  number: 25,
  title: 'The event loop stands still',
  injects: `The server's Node is busy for ${STALL_MS} ms while ${PEOPLE} people talk.`,
  seconds: 18,
  run: async (context) => {
    const server = await startWithFaults(context);
    const members = await openRoom(server, context, PEOPLE);
    await talkAll(members);
    const [first] = members;
    if (!first) throw new Error('nobody is there');
    await server.inject({ kind: 'stall', ms: STALL_MS });
    const answered = await timed(() => first.client.request('room:list', {}));
    await goOn(WATCHED_FOR_MS);
    const count = (name: 'room:participant-left' | 'room:participant-changed' | 'media:reset') =>
      members.reduce((sum, { client }) => sum + client.all(name).length, 0);
    return [
      {
        what: 'a request during the stall took',
        value: Math.round(answered),
        unit: 'ms',
        goal: { atLeast: STALL_MS / 2 },
      },
      {
        what: 'packets that did not arrive',
        value: await lostAmong(members),
        goal: { exactly: 0 },
      },
      {
        what: 'connections lost',
        value: members.filter(({ client }) => !client.socket.connected).length,
        goal: { exactly: 0 },
      },
      {
        what: 'told that somebody left',
        value: count('room:participant-left'),
        goal: { exactly: 0 },
      },
      {
        what: 'told that somebody is away',
        value: members
          .flatMap(({ client }) => client.all('room:participant-changed'))
          .filter(({ participant }) => participant.away).length,
        goal: { exactly: 0 },
      },
      { what: 'media resets', value: count('media:reset'), goal: { exactly: 0 } },
    ];
  },
});
