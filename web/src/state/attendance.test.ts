import { ParticipantId, UserId, type Participant } from '@veche/protocol';
import { expect, it } from 'vitest';
import { attendance, raisedSince } from './attendance.ts';

const seat = (id: string, user: string): Participant => ({
  id: ParticipantId.parse(id),
  number: 1,
  user: { id: UserId.parse(user), name: user },
  role: 'speaker',
  muted: true,
  mutedByModerator: false,
  handRaisedAt: null,
  away: false,
  onHold: false,
  joinedAt: 0,
});

it('tells who came and who left', () => {
  const before = [seat('1', 'ana'), seat('2', 'bo')];
  const after = [seat('2', 'bo'), seat('3', 'cyd'), seat('4', 'dan')];
  expect(attendance(before, after)).toEqual({ joined: ['cyd', 'dan'], left: ['ana'] });
});

it('tells whose hand went up, and of no other change', () => {
  const [ana, bo, cyd] = [seat('1', 'ana'), seat('2', 'bo'), seat('3', 'cyd')];
  const raised = { ...ana, handRaisedAt: 7 };
  expect(raisedSince([ana, bo], [raised, { ...bo, muted: false }, cyd])).toEqual(['ana']);
  expect(raisedSince([raised, bo], [raised, bo])).toEqual([]);
  expect(raisedSince([raised, bo], [ana, bo])).toEqual([]);
});

it('takes no notice of somebody who changed the device', () => {
  expect(attendance([seat('1', 'ana')], [seat('2', 'ana')])).toEqual({ joined: [], left: [] });
});
