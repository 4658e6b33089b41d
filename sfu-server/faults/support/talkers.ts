/** Rooms full of people who all talk and hear each other. */
import { until } from '../../test/support/wait.ts';
import type { Context } from '../scenario.ts';
import { lostOf, Member } from './member.ts';
import type { ServerUnderFault } from './server.ts';

const HEARD_WITHIN_MS = 15_000;
/** What is under way has arrived by then, also on a busy machine, or is lost. */
const ARRIVED_WITHIN_MS = 2000;

/** `count` people in a room of their own, numbered from `first`; gone when the scenario is over. */
export const openRoom = async (
  { connect }: Pick<ServerUnderFault, 'connect'>,
  { after }: Pick<Context, 'after'>,
  count: number,
  first = 0,
): Promise<Member[]> => {
  const owner = await connect(`Owner ${first}`);
  const { room } = await owner.request('room:create', { name: `Room ${first}` });
  const members: Member[] = [];
  for (let place = 0; place < count; place++) {
    const client = place === 0 ? owner : await connect(`Guest ${first + place}`);
    const member = await Member.join(client, room.id, first + place);
    members.push(member);
    after(() => {
      member.close();
    });
  }
  return members;
};

type Listener = Pick<Member, 'arrivals' | 'number' | 'roomId'>;

/** Who is heard by whom: everybody else in the room. */
export const pairsOf = <T extends Listener>(members: readonly T[]): { listener: T; speaker: T }[] =>
  members.flatMap((listener) =>
    members
      .filter(({ roomId, number }) => roomId === listener.roomId && number !== listener.number)
      .map((speaker) => ({ listener, speaker })),
  );

/** When a listener heard a speaker first after this moment; undefined if not yet. */
export const heardAt = (listener: Member, speaker: Member, since: number): number | undefined =>
  listener.arrivals.find(({ speaker: number, at }) => number === speaker.number && at > since)?.at;

/** All of them talk; resolves when everybody hears everybody in the room. */
export const talkAll = async (members: readonly Member[]): Promise<void> => {
  for (const member of members) member.talk();
  await until(
    () =>
      pairsOf(members).every(
        ({ listener, speaker }) => heardAt(listener, speaker, 0) !== undefined,
      ),
    'everybody hears everybody',
    HEARD_WITHIN_MS,
  );
};

/**
 * Packets that did not arrive, from all speakers at all listeners. A packet may come after one that
 * was sent later: only what is missing for good is lost.
 */
export const lostAmong = async (members: readonly Listener[]): Promise<number> => {
  const missing = (): number =>
    pairsOf(members).reduce(
      (sum, { listener, speaker }) => sum + lostOf(listener.arrivals, speaker.number),
      0,
    );
  return until(() => missing() === 0, 'all has arrived', ARRIVED_WITHIN_MS).then(() => 0, missing);
};

/** The longest time without a packet of a speaker at a listener, ms. */
export const longestGapAmong = (members: readonly Member[]): number =>
  Math.max(
    ...pairsOf(members).flatMap(({ listener, speaker }) => {
      const times = listener.arrivals.filter((it) => it.speaker === speaker.number);
      return times.slice(1).map(({ at }, index) => at - (times[index]?.at ?? NaN));
    }),
  );

/** Lets what goes on go on. */
export const goOn = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
