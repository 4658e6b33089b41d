/** Row 5: SIGTERM while people talk in a room and in a call. */
import { answered, talk } from '../test/support/calling.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { startServer } from './support/server.ts';
import { goOn, longestGapAmong, lostAmong, openRoom, talkAll } from './support/talkers.ts';

const PEOPLE = 4;
const DRAIN_MS = 6000;
const TOLD_WITHIN_MS = 1000;
/** What ending it all may take after the limit. */
const DOWN_WITHIN_MS = 3000;

export default new Scenario({
  name: 'drain',
  number: 5,
  title: 'SIGTERM while people talk',
  injects: `SIGTERM to the whole process group with a room of ${PEOPLE} and a call.`,
  seconds: 12,
  run: async (context) => {
    const environment = { VECHE_SIGNALLING_DRAIN_MS: String(DRAIN_MS) };
    const server = await startServer(context, environment);
    const members = await openRoom(server, context, PEOPLE);
    await talkAll(members);
    const [ana, bo] = [await server.connect('Ana'), await server.connect('Bo')];
    const callId = await talk(ana, bo);
    await answered(ana, callId);

    const everybody = [...members.map(({ client }) => client), ana, bo];
    const signalledAt = performance.now();
    process.kill(-server.process.pid, 'SIGTERM');
    await until(
      () => everybody.every((client) => client.all('server:draining').length > 0),
      'everybody is told',
    );
    const toldAfter = performance.now() - signalledAt;
    const late = await server.connect('Late').then(
      () => 'let in',
      () => 'refused',
    );
    const created = await ana.outcome('room:create', { name: 'Another' });
    const inCall = await ana.outcome('room:join', { callId });
    // Shortly before the limit.
    await goOn(DRAIN_MS - (performance.now() - signalledAt) - 700);
    const stillThere = everybody.filter(({ socket }) => socket.connected).length;
    const lost = await lostAmong(members);
    const gap = longestGapAmong(members);
    const code = await server.process.ended();
    const downAfter = performance.now() - signalledAt;
    return [
      {
        what: 'everybody told after',
        value: Math.round(toldAfter),
        unit: 'ms',
        goal: { atMost: TOLD_WITHIN_MS },
      },
      { what: 'somebody new', value: late, goal: { exactly: 'refused' } },
      { what: 'a new room', value: created, goal: { exactly: 'UNAVAILABLE' } },
      { what: 'the room of the call', value: inCall, goal: { exactly: 'ok' } },
      {
        what: 'connected shortly before the limit',
        value: stillThere,
        goal: { exactly: everybody.length },
      },
      { what: 'packets lost up to then', value: lost, goal: { exactly: 0 } },
      { what: 'longest gap up to then', value: Math.round(gap), unit: 'ms' },
      {
        what: 'end of the call',
        value: ana.all('call:end')[0]?.reason ?? 'none',
        goal: { exactly: 'server_restart' },
      },
      {
        what: 'went on for',
        value: Math.round(downAfter),
        unit: 'ms',
        goal: { atMost: DRAIN_MS + DOWN_WITHIN_MS },
      },
      { what: 'exit code', value: code, goal: { exactly: 0 } },
    ];
  },
});
