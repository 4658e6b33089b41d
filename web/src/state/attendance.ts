/** Who came and who left between two lists of participants. */
import type { Participant } from '@veche/protocol';

export interface Attendance {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Names, by user: somebody who only changed the device neither left nor came. */
export function attendance(
  before: readonly Participant[],
  after: readonly Participant[],
): Attendance {
  return { joined: namesMissing(after, before), left: namesMissing(before, after) };
}

const withHands = (people: readonly Participant[]): readonly Participant[] =>
  people.filter(({ handRaisedAt }) => handRaisedAt !== null);

/** Names of those whose hands went up. */
export const raisedSince = (
  before: readonly Participant[],
  after: readonly Participant[],
): readonly string[] => namesMissing(withHands(after), withHands(before));

function namesMissing(these: readonly Participant[], those: readonly Participant[]): string[] {
  const known = new Set(those.map((participant) => participant.user.id));
  return these
    .filter((participant) => !known.has(participant.user.id))
    .map((participant) => participant.user.name);
}
