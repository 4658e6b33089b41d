/** Row 9: a device connects anew while its former connection is still believed to be there. */
import { endsAt, talk } from '../test/support/calling.ts';
import { Scenario } from './scenario.ts';
import { startServer } from './support/server.ts';
import { goOn } from './support/talkers.ts';

const REPEATS = { full: 1000, short: 60 };
/** How much before or after the new connection the former one is noticed to be gone, ms. */
const APART_MS = 5;

export default new Scenario({
  name: 'replaced',
  number: 9,
  title: 'A device connects anew, and the end of its former connection is noticed late',
  injects: 'The same device connects again and again, in a room and in a call.',
  seconds: 25,
  run: async (context) => {
    const server = await startServer(context);
    const repeats = context.short ? REPEATS.short : REPEATS.full;
    const bo = await server.connect('Bo');
    const cyd = await server.connect('Cyd');
    let ana = await server.connect('Ana');
    const { token, deviceId } = ana;
    const { room } = await bo.request('room:create', { name: 'Square' });
    await bo.request('room:join', { roomId: room.id });
    const { participantId } = await ana.request('room:join', { roomId: room.id });
    const callId = await talk(cyd, ana);
    const seats = new Set<string>([participantId]);
    let outOfCall = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const former = ana;
      // Cut a little before the new connection, about when it is made, or only by the server.
      const cut = goOn(Math.random() * APART_MS).then(() => {
        if (repeat % 3 !== 0) former.cut();
      });
      if (repeat % 3 === 1) await cut;
      ana = await server.connect('', { token, deviceId });
      if (ana.welcome.call?.id !== callId) outOfCall++;
      seats.add((await ana.request('room:join', { roomId: room.id })).participantId);
      await cut;
    }
    // What is noticed late has been noticed by now.
    await goOn(500);
    const { snapshot } = await bo.request('room:snapshot', { roomId: room.id });
    return [
      { what: 'connections', value: repeats },
      { what: 'seats she had', value: seats.size, goal: { exactly: 1 } },
      {
        what: 'people in the room afterwards',
        value: snapshot.participants.length,
        goal: { exactly: 2 },
      },
      {
        what: 'of them away',
        value: snapshot.participants.filter(({ away }) => away).length,
        goal: { exactly: 0 },
      },
      {
        what: 'told that somebody left',
        value: bo.all('room:participant-left').length,
        goal: { exactly: 0 },
      },
      { what: 'connections that were not in the call', value: outOfCall, goal: { exactly: 0 } },
      { what: 'ends of the call', value: endsAt(cyd, callId).length, goal: { exactly: 0 } },
    ];
  },
});
