/** Row 1: a media worker dies under four rooms, of which some are on another worker. */
import type { RoomId } from '@veche/protocol';
import { childrenOf } from '../test/support/process.ts';
import { readMetrics } from '../test/support/metrics.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import type { Context } from './scenario.ts';
import { largest, percentile } from './support/figures.ts';
import { lostOf, Member } from './support/member.ts';
import { inRounds } from './support/rounds.ts';
import { startServer } from './support/server.ts';

const ROOMS = 4;
const IN_EACH = 5;
const FRAME_MS = 20;
/** How long everything goes on before the kill, and after all is well again, ms. */
const CALM_MS = 1000;
/** Beyond the goal, so that what is late is measured too. */
const WATCHED_FOR_MS = 15_000;

const calm = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, CALM_MS));

/** Everything of a room's people that a reset must not change. */
const peopleOf = async ({ client, roomId }: Member): Promise<string> => {
  const { snapshot } = await client.request('room:snapshot', { roomId });
  return JSON.stringify(snapshot.participants);
};

const others = (member: Member, members: readonly Member[]): Member[] =>
  members.filter(({ roomId, number }) => roomId === member.roomId && number !== member.number);

interface Round {
  /** From the kill until a listener hears a speaker again, of every pair, ms. */
  readonly back: number[];
  readonly replacedAfter: number;
  /** Packets of rooms on the other worker that did not arrive. */
  readonly lostElsewhere: number;
  readonly roomsMoved: number;
  readonly peopleChanged: number;
  readonly failures: readonly unknown[];
}

const killOnce = async (context: Context): Promise<Round> => {
  const { process: server, url, connect } = await startServer(context, { WORKERS: '2' });
  const members: Member[] = [];
  for (let room = 0; room < ROOMS; room++) {
    const owner = await connect(`Owner ${room}`);
    const { id } = (await owner.request('room:create', { name: `Room ${room}` })).room;
    for (let place = 0; place < IN_EACH; place++) {
      const client = place === 0 ? owner : await connect(`Guest ${room}.${place}`);
      const member = await Member.join(client, id, members.length);
      members.push(member);
      context.after(() => {
        member.close();
      });
    }
  }
  for (const member of members) member.talk();
  const hearsAll = (since: number): boolean =>
    members.every((member) =>
      others(member, members).every(({ number }) =>
        member.arrivals.some(({ speaker, at }) => speaker === number && at > since),
      ),
    );
  await until(() => hearsAll(0), 'everybody hears everybody', WATCHED_FOR_MS);
  await calm();
  const peopleBefore = await Promise.all(members.map(peopleOf));

  const before = childrenOf(server.pid);
  const [victim = 0] = before;
  const killedAt = performance.now();
  process.kill(victim, 'SIGKILL');
  const replaced = until(
    async () =>
      childrenOf(server.pid).some((pid) => !before.includes(pid)) &&
      (await readMetrics(url)).get('veche_workers') === before.length,
    'the worker is replaced',
    WATCHED_FOR_MS,
  ).then(
    () => performance.now() - killedAt,
    () => NaN,
  );
  const moved = (): Set<RoomId> =>
    new Set(
      members.filter(({ client }) => client.all('media:reset').length > 0).map((it) => it.roomId),
    );
  await until(() => moved().size > 0, 'a room is moved', WATCHED_FOR_MS);
  // Those of the other rooms on it are told within the same moment.
  await calm();
  const backAt = (listener: Member, speaker: Member): number | undefined =>
    listener.arrivals.find(
      ({ speaker: number, epoch }) =>
        number === speaker.number && epoch === listener.client.all('media:reset')[0]?.epoch,
    )?.at;
  const pairs = members
    .filter(({ roomId }) => moved().has(roomId))
    .flatMap((listener) => others(listener, members).map((speaker) => ({ listener, speaker })));
  await until(
    () => pairs.every(({ listener, speaker }) => backAt(listener, speaker) !== undefined),
    'everybody hears everybody again',
    WATCHED_FOR_MS,
  ).catch(() => undefined);
  await calm();

  const elsewhere = members.filter(({ roomId }) => !moved().has(roomId));
  const peopleAfter = await Promise.all(members.map(peopleOf));
  return {
    back: pairs.map(({ listener, speaker }) => (backAt(listener, speaker) ?? NaN) - killedAt),
    replacedAfter: await replaced,
    lostElsewhere: elsewhere
      .flatMap((member) => others(member, members).map((it) => lostOf(member.arrivals, it.number)))
      .reduce((sum, lost) => sum + lost, 0),
    roomsMoved: moved().size,
    peopleChanged: peopleBefore.filter((people, index) => people !== peopleAfter[index]).length,
    failures: members.flatMap(({ failures }) => failures),
  };
};

const KILLS = 5;

export default new Scenario({
  name: 'worker-kill',
  number: 1,
  title: `A media worker dies under ${ROOMS} rooms of ${IN_EACH}`,
  injects: 'kill -9 of one of two workers while everybody talks.',
  seconds: 45,
  run: async (context) => {
    const rounds = await inRounds(context.short ? 1 : KILLS, context, killOnce);
    const failed = rounds.flatMap(({ failures }) => failures);
    if (failed.length > 0) context.say(`failed: ${failed.slice(0, 3).map(String).join('; ')}`);
    const all = <T>(pick: (round: Round) => T | T[]): T[] => rounds.flatMap(pick);
    const sum = (values: readonly number[]): number => values.reduce((total, it) => total + it, 0);
    const back = all((round) => round.back);
    return [
      {
        what: 'rooms moved, of all',
        value: `${sum(all((it) => it.roomsMoved))} of ${ROOMS * rounds.length}`,
      },
      { what: 'heard again, listeners by speakers', value: back.length },
      { what: 'heard again after, p50', value: percentile(back, 0.5), unit: 'ms' },
      {
        what: 'heard again after, p95',
        value: percentile(back, 0.95),
        unit: 'ms',
        goal: { atMost: 1500 },
      },
      { what: 'heard again after, max', value: largest(back), unit: 'ms', goal: { atMost: 5000 } },
      {
        what: 'gaps in other rooms',
        value: sum(all((it) => it.lostElsewhere)) * FRAME_MS,
        unit: 'ms',
        goal: { exactly: 0 },
      },
      {
        what: 'worker replaced after, max',
        value: largest(all((it) => it.replacedAfter)),
        unit: 'ms',
        goal: { atMost: 2000 },
      },
      {
        what: 'seats or mute states changed',
        value: sum(all((it) => it.peopleChanged)),
        goal: { exactly: 0 },
      },
      {
        what: 'requests that failed for good',
        value: failed.length,
        goal: { exactly: 0 },
      },
    ];
  },
});
