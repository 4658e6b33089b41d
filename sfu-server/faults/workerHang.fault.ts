/** Row 2: a media worker hangs: it is there and does not answer. */
import type { RoomId } from '@veche/protocol';
import { childrenOf, isAlive } from '../test/support/process.ts';
import type { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { largest, timed } from './support/figures.ts';
import { startServer } from './support/server.ts';
import { goOn, heardAt, openRoom, pairsOf, talkAll } from './support/talkers.ts';

const PEOPLE = 3;
const KILLED_WITHIN_MS = 8000;
const BACK_WITHIN_MS = 12_000;
const ANSWERED_WITHIN_MS = 5000;
/** Beyond the goal, so that what is late is measured too. */
const WATCHED_FOR_MS = 25_000;
const ASK_EVERY_MS = 500;

export default new Scenario({
  name: 'worker-hang',
  number: 2,
  title: 'A media worker hangs',
  injects: 'SIGSTOP of the worker that carries a room, with a second one at hand.',
  seconds: 15,
  run: async (context) => {
    const server = await startServer(context, { WORKERS: '2' });
    // One on each worker.
    const rooms = [
      await openRoom(server, context, PEOPLE),
      await openRoom(server, context, PEOPLE, PEOPLE),
    ];
    const everybody = rooms.flat();
    await talkAll(everybody);

    const [victim = 0] = childrenOf(server.process.pid);
    const stoppedAt = performance.now();
    process.kill(victim, 'SIGSTOP');
    const answers: number[] = [];
    let asking = true;
    /** Somebody else in the room, who wants a transport again and again. */
    const ask = async (roomId: RoomId, client: TestClient, epoch: number): Promise<void> => {
      while (asking) {
        const wanted = { roomId, epoch, direction: 'send' };
        answers.push(await timed(() => client.outcome('transport:create', wanted)));
        await goOn(ASK_EVERY_MS);
      }
    };
    const asked = rooms.map(async ([member]) => {
      if (!member) throw new Error('nobody is there');
      const { roomId } = member;
      const client = await server.connect('Asker');
      const { epoch } = await client.request('room:join', { roomId });
      await ask(roomId, client, epoch);
    });
    const killedAfter = await until(() => !isAlive(victim), 'it is killed', WATCHED_FOR_MS).then(
      () => performance.now() - stoppedAt,
      () => NaN,
    );
    asking = false;
    await Promise.all(asked);
    const members = await until(
      () => rooms.find(([member]) => member?.client.all('media:reset').length),
      'a room is moved',
      WATCHED_FOR_MS,
    );
    const reset = members[0]?.client.all('media:reset')[0];
    const pairs = pairsOf(members);
    const back = (listener: (typeof members)[number], speaker: (typeof members)[number]) =>
      heardAt(listener, speaker, stoppedAt + killedAfter);
    await until(
      () => pairs.every(({ listener, speaker }) => back(listener, speaker) !== undefined),
      'everybody hears everybody again',
      WATCHED_FOR_MS,
    ).catch(() => undefined);
    const backAfter = pairs.map(
      ({ listener, speaker }) => (back(listener, speaker) ?? NaN) - stoppedAt,
    );
    return [
      { what: 'what they are told', value: reset?.reason ?? '', goal: { exactly: 'worker_hung' } },
      {
        what: 'killed after',
        value: Math.round(killedAfter),
        unit: 'ms',
        goal: { atMost: KILLED_WITHIN_MS },
      },
      {
        what: 'everybody heard again after',
        value: largest(backAfter),
        unit: 'ms',
        goal: { atMost: BACK_WITHIN_MS },
      },
      {
        what: 'people who are told of it',
        value: everybody.filter(({ client }) => client.all('media:reset').length > 0).length,
        goal: { exactly: PEOPLE },
      },
      { what: 'requests meanwhile', value: answers.length },
      {
        what: 'longest wait for an answer',
        value: largest(answers),
        unit: 'ms',
        goal: { atMost: ANSWERED_WITHIN_MS },
      },
    ];
  },
});
