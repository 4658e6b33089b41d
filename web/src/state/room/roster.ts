/** Who stands where among many people. */
import type { Participant, ParticipantId, RoomMode } from '@veche/protocol';

/** More than these are a compact list with a search. */
const CROWD = 60;
/** Fewer are tiles again: somebody who comes and goes at the border changes nothing. */
const CROWD_AGAIN = 50;

export const isCrowd = (people: number, was: boolean): boolean =>
  people > (was ? CROWD_AGAIN : CROWD);

export interface Ranks {
  readonly onStage: readonly Participant[];
  readonly listeners: readonly Participant[];
}

/** Where everyone may speak, all are on the stage. */
export const byRank = (participants: readonly Participant[], mode: RoomMode): Ranks =>
  mode === 'open'
    ? { onStage: participants, listeners: [] }
    : {
        onStage: participants.filter(({ role }) => role !== 'listener'),
        listeners: participants.filter(({ role }) => role === 'listener'),
      };

/** For tiles: oneself, then the others in the order in which they came. */
export const inOrderOfArrival = (
  participants: readonly Participant[],
  self: ParticipantId,
): Participant[] =>
  participants.toSorted(
    (a, b) => Number(b.id === self) - Number(a.id === self) || a.number - b.number,
  );

/** Who waits to speak, the longest first. */
export const hands = (participants: readonly Participant[]): Participant[] =>
  participants
    .filter(({ handRaisedAt }) => handRaisedAt !== null)
    .toSorted((a, b) => (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0) || a.number - b.number);

const collator = new Intl.Collator(undefined, { numeric: true });

/** Whoever speaks for the room, then the hands; speech itself moves nobody. */
function rank({ role, handRaisedAt }: Participant, mode: RoomMode): number {
  if (role === 'moderator') return 0;
  if (mode === 'stage' && role === 'speaker') return 1;
  return handRaisedAt === null ? 3 : 2;
}

/** As they stood before, and newcomers last: what is almost in order costs little to sort. */
function asBefore(
  participants: readonly Participant[],
  before: readonly Participant[],
): Participant[] {
  const byId = new Map(participants.map((one) => [one.id, one]));
  const known = before.flatMap(({ id }) => byId.get(id) ?? []);
  for (const { id } of known) byId.delete(id);
  return [...known, ...byId.values()];
}

/**
 * For a long list: oneself, moderators and speakers, raised hands, then by name.
 * @param before the last answer, which makes the next one cheap
 */
export function inOrderOfRank(
  participants: readonly Participant[],
  self: ParticipantId,
  mode: RoomMode,
  before: readonly Participant[] = [],
): Participant[] {
  return asBefore(participants, before)
    .map((one) => ({ one, rank: one.id === self ? -1 : rank(one, mode) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        (a.rank === 2 ? (a.one.handRaisedAt ?? 0) - (b.one.handRaisedAt ?? 0) : 0) ||
        collator.compare(a.one.user.name, b.one.user.name) ||
        a.one.number - b.one.number,
    )
    .map(({ one }) => one);
}

const plain = (text: string): string => text.normalize('NFC').toLocaleLowerCase();

export function named(participants: readonly Participant[], query: string): readonly Participant[] {
  const wanted = plain(query.trim());
  if (wanted === '') return participants;
  return participants.filter(({ user }) => plain(user.name).includes(wanted));
}
