/** What programs find on the element of a participant, however it is drawn. */
import type { Participant } from '@veche/protocol';

interface Shown {
  /** As the person wants it, or as the server says. */
  readonly muted: boolean;
  readonly speaks: boolean;
}

/** Attributes for the element. */
export const marksOf = (
  { id, user, role, handRaisedAt, away }: Participant,
  { muted, speaks }: Shown,
) => ({
  'data-participant-id': id,
  'data-user-id': user.id,
  'data-role': role,
  'data-muted': muted,
  'data-hand': handRaisedAt === null ? undefined : true,
  'data-speaking': speaks,
  'data-away': away,
});
