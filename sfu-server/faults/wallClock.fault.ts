/** Row 22: the wall clock jumps by an hour while a call rings and while a seat is kept. */
import { answered, ring } from '../test/support/calling.ts';
import { TestClient } from '../test/support/testClient.ts';
import { Scenario } from './scenario.ts';
import type { Context, Figure } from './scenario.ts';
import { inRounds } from './support/rounds.ts';
import { startWithFaults } from './support/server.ts';

const HOUR_MS = 3_600_000;
const RING_MS = 2000;
const GRACE_MS = 2000;
/** What a busy machine may add to a deadline. */
const LATE_MS = 1500;
/** Clocks may differ by a minute. */
const WITHIN_SKEW_MS = 50_000;
const BEYOND_SKEW_MS = 80_000;
const DAY_MS = 24 * HOUR_MS;

const outcomeOf = (connecting: Promise<TestClient>): Promise<string> =>
  connecting.then(
    (client) => {
      client.disconnect();
      return 'let in';
    },
    () => 'refused',
  );

const jump = async (context: Context, byMs: number): Promise<Figure[]> => {
  const server = await startWithFaults(context, {
    VECHE_CALLS_RING_MS: String(RING_MS),
    VECHE_ROOMS_GRACE_MS: String(GRACE_MS),
  });
  const [ana, bo, cyd] = [
    await server.connect('Ana'),
    await server.connect('Bo'),
    await server.connect('Cyd'),
  ];
  const { room } = await ana.request('room:create', { name: 'Square' });
  await ana.request('room:join', { roomId: room.id });
  await cyd.request('room:join', { roomId: room.id });
  const callId = await ring(ana, bo);
  const rangAt = performance.now();
  cyd.cut();
  const cutAt = performance.now();
  await server.inject({ kind: 'shift-clock', ms: byMs });
  const left = ana.next('room:participant-left').then(() => performance.now() - cutAt);
  const rang = ana
    .next('call:no-answer', (notice) => notice.callId === callId)
    .then(() => performance.now() - rangAt);
  const [leftAfter, rangFor] = await Promise.all([left, rang]);
  // A call is placed and answered as ever.
  const another = await ring(ana, bo);
  await bo.request('call:answer', { callId: another });
  await answered(ana, another);
  const how = byMs > 0 ? 'an hour ahead' : 'an hour back';
  const about = (what: string, value: number, due: number): Figure[] => [
    {
      what: `${how}: ${what}`,
      value: Math.round(value),
      unit: 'ms',
      goal: { atMost: due + LATE_MS },
    },
    { what: `${how}: ${what}, not early`, value: value >= due - 100, goal: { exactly: true } },
  ];
  return [...about('rang for', rangFor, RING_MS), ...about('seat kept for', leftAfter, GRACE_MS)];
};

/** A token near the end of its time, by a clock that is a little wrong. */
const tokens = async (context: Context): Promise<Figure[]> => {
  const server = await startWithFaults(context, { VECHE_TOKENS_GUEST_DAYS: '1' });
  const ana = await server.connect('Ana');
  const { token } = ana;
  ana.disconnect();
  const arrives = () => outcomeOf(TestClient.connect(server.url, { name: '', token }));
  await server.inject({ kind: 'shift-clock', ms: DAY_MS + WITHIN_SKEW_MS });
  const within = await arrives();
  await server.inject({ kind: 'shift-clock', ms: DAY_MS + BEYOND_SKEW_MS });
  const beyond = await arrives();
  await server.inject({ kind: 'shift-clock', ms: -WITHIN_SKEW_MS });
  const early = await arrives();
  return [
    {
      what: `a token ${WITHIN_SKEW_MS / 1000} s after its time`,
      value: within,
      goal: { exactly: 'let in' },
    },
    {
      what: `one ${BEYOND_SKEW_MS / 1000} s after its time`,
      value: beyond,
      goal: { exactly: 'refused' },
    },
    {
      what: `one from ${WITHIN_SKEW_MS / 1000} s ahead`,
      value: early,
      goal: { exactly: 'let in' },
    },
  ];
};

export default new Scenario({
  name: 'wall-clock',
  number: 22,
  title: 'The wall clock jumps',
  injects:
    'The clock of the server is an hour ahead, then back, while a call rings and a seat is kept.',
  seconds: 15,
  run: async (context) => {
    const jumps = await inRounds(2, context, (round, index) =>
      jump(round, index === 0 ? HOUR_MS : -HOUR_MS),
    );
    return [...jumps.flat(), ...(await tokens(context))];
  },
});
