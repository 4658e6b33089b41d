/** Row 14: connections that send nothing but what they should not. */
import { percentile } from '../bench/report/statistics.ts';
import { childrenOf } from '../test/support/process.ts';
import { Scenario } from './scenario.ts';
import type { Context, Figure } from './scenario.ts';
import { largest, timed } from './support/figures.ts';
import { letLoose } from './support/offenders.ts';
import { inRounds } from './support/rounds.ts';
import { startServer } from './support/server.ts';
import { goOn, lostAmong, openRoom, talkAll } from './support/talkers.ts';

const OFFENDERS = 20;
const EACH = { full: 1000, short: 200 };
/** So many are needed to be cut: it takes some seconds. */
const EACH_LIMITED = { full: 1000, short: 600 };
const HONEST = 4;
const ASK_EVERY_MS = 40;
const HONEST_P99_MS = 200;
/** Limits as they are by default; those for tests let everything through to what lies behind. */
const DEFAULT_LIMITS = {
  VECHE_LIMITS_REQUESTS_PER_SECOND: '30',
  VECHE_LIMITS_REQUEST_BURST: '120',
};

const attack = async (context: Context, limited: boolean): Promise<Figure[]> => {
  const server = await startServer(context, limited ? DEFAULT_LIMITS : {});
  const members = await openRoom(server, context, HONEST);
  const [owner] = members;
  if (!owner) throw new Error('nobody is there');
  const { roomId } = owner;
  await owner.client.request('mod:lock', { roomId, locked: true });
  await talkAll(members);
  const { snapshot } = await owner.client.request('room:snapshot', { roomId });
  const workers = childrenOf(server.process.pid);

  const asked: number[] = [];
  let refused = 0;
  let attacking = true;
  const honest = members.map(async ({ client }) => {
    while (attacking) {
      const ask = (): Promise<string> =>
        client.outcome('room:snapshot', { roomId }).catch((error: unknown) => String(error));
      asked.push(
        await timed(async () => {
          if ((await ask()) !== 'ok') refused++;
        }),
      );
      await goOn(ASK_EVERY_MS);
    }
  });
  const each = limited ? EACH_LIMITED : EACH;
  const seed = Math.floor(Math.random() * 1e9);
  const offences = await letLoose({
    url: server.url,
    seed,
    ids: [
      roomId,
      ...snapshot.participants.flatMap(({ id, user }) => [id, user.id]),
      ...snapshot.tracks.map(({ producerId }) => producerId),
    ],
    offenders: OFFENDERS,
    count: context.short ? each.short : each.full,
    patient: !limited,
  }).finally(() => {
    attacking = false;
  });
  await Promise.all(honest);
  for (const wrong of offences.wrong.slice(0, 5)) context.say(wrong);

  const after = await owner.client.request('room:snapshot', { roomId });
  const unchanged =
    JSON.stringify(after.snapshot.participants) === JSON.stringify(snapshot.participants);
  const errors = server.process.output().match(/"level":(50|60).*/g) ?? [];
  for (const line of errors.slice(0, 5)) context.say(line);
  const ready = (await fetch(`${server.url}/readyz`)).status;
  const died = workers.filter((pid) => !childrenOf(server.process.pid).includes(pid)).length;
  const figures: Figure[] = [
    { what: 'messages', value: offences.sent },
    { what: 'seed', value: seed },
    { what: 'readiness', value: ready, goal: { exactly: 200 } },
    { what: 'workers that died', value: died, goal: { exactly: 0 } },
    { what: 'answers', value: offences.answered },
    { what: 'answers missing', value: offences.missing, goal: { exactly: 0 } },
    {
      what: 'answers INTERNAL or of no shape',
      value: offences.wrong.length,
      goal: { exactly: 0 },
    },
    { what: 'errors in the log', value: errors.length, goal: { exactly: 0 } },
    { what: 'people in the locked room unchanged', value: unchanged, goal: { exactly: true } },
    { what: 'packets that they missed', value: await lostAmong(members), goal: { exactly: 0 } },
    { what: 'honest requests', value: asked.length },
    { what: 'of them refused', value: refused, goal: { exactly: 0 } },
    { what: 'honest requests, p50', value: percentile(asked, 0.5), unit: 'ms' },
    {
      what: 'honest requests, p99',
      value: percentile(asked, 0.99),
      unit: 'ms',
      // Among other tests it would measure those.
      ...(context.short ? {} : { goal: { atMost: HONEST_P99_MS } }),
    },
    { what: 'honest requests, max', value: largest(asked), unit: 'ms' },
    {
      what: 'offenders cut',
      value: offences.cut,
      ...(limited ? { goal: { exactly: OFFENDERS } } : {}),
    },
  ];
  const under = limited ? 'default limits' : 'no limits';
  return figures.map((figure) => ({ ...figure, what: `${under}: ${figure.what}` }));
};

export default new Scenario({
  name: 'malformed',
  number: 14,
  title: 'Malformed messages of every kind',
  injects: `${OFFENDERS} connections send ${EACH.full} hostile messages each; then the same under the default limits.`,
  seconds: 35,
  run: async (context) => {
    const rounds = await inRounds(2, context, (round, index) => attack(round, index === 1));
    return rounds.flat();
  },
});
