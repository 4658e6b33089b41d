/** Row 4: something kills every media worker that comes. */
import { childrenOf } from '../test/support/process.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { startServer } from './support/server.ts';
import { goOn } from './support/talkers.ts';

const KILLING_MS = 12_000;
/** With waits of 0, 0.2, 0.5, 1, 2 and then 5 s, and the one that was there. */
const MOST_STARTS = 9;
const LOOK_EVERY_MS = 20;
/** What counts as a row of deaths is forgotten after a minute. */
const WELL_WITHIN_MS = 75_000;

export default new Scenario({
  name: 'worker-deaths',
  number: 4,
  title: 'Every media worker that comes dies',
  injects: `kill -9 of each worker as soon as it is there, for ${KILLING_MS / 1000} s.`,
  seconds: 22,
  run: async (context) => {
    const server = await startServer(context, { WORKERS: '1' });
    const { pid } = server.process;
    const ready = async () => {
      const response = await fetch(`${server.url}/readyz`);
      return { status: response.status, body: await response.text() };
    };
    const ana = await server.connect('Ana');
    const { room } = await ana.request('room:create', { name: 'Square' });
    await ana.request('room:join', { roomId: room.id });

    const killed = new Set<number>();
    const end = performance.now() + KILLING_MS;
    while (performance.now() < end) {
      for (const worker of childrenOf(pid)) {
        if (!killed.has(worker)) process.kill(worker, 'SIGKILL');
        killed.add(worker);
      }
      await goOn(LOOK_EVERY_MS);
    }
    const during = await ready();
    const bo = await server.connect('Bo');
    const joined = await bo.outcome('room:join', { roomId: room.id });
    await ana.next('removed', ({ reason }) => reason === 'room_closed');

    const again = await until(
      async () => (await bo.outcome('room:join', { roomId: room.id })) === 'ok',
      'a room opens again',
      WELL_WITHIN_MS,
    );
    const notYet = await ready();
    const figures = [
      { what: 'workers started in 12 s', value: killed.size, goal: { atMost: MOST_STARTS } },
      { what: 'readiness meanwhile', value: during.status, goal: { exactly: 503 } },
      { what: 'which says', value: during.body },
      { what: 'a join meanwhile', value: joined, goal: { exactly: 'UNAVAILABLE' } },
      { what: 'rooms open again afterwards', value: again, goal: { exactly: true } },
      { what: 'readiness until it is sure', value: notYet.status, goal: { exactly: 503 } },
    ];
    if (context.short) return figures;
    await until(async () => (await ready()).status === 200, 'it is ready', WELL_WITHIN_MS);
    return [...figures, { what: 'readiness a minute later', value: 200, goal: { exactly: 200 } }];
  },
});
