/** A seat of a room, and what a change of it is. */
import type { Participant, ParticipantId } from '@veche/protocol';
import { Refusal } from './refusal.ts';
import { commit, withEntry } from './room.ts';
import type { Decision, RoomState, Seat } from './room.ts';

export const nothing = (state: RoomState): Decision => ({ state, notices: [] });

export const seatOf = (state: RoomState, id: ParticipantId): Seat => {
  const seat = state.seats.get(id);
  if (!seat) throw new Refusal('NOT_FOUND', 'participantId: nobody here has this id');
  return seat;
};

export const changed = (
  state: RoomState,
  id: ParticipantId,
  patch: Partial<Participant>,
  by?: ParticipantId,
): Decision => {
  const seat = seatOf(state, id);
  const participant = { ...seat.participant, ...patch };
  return commit({ ...state, seats: withEntry(state.seats, id, { ...seat, participant }) }, [
    (at) => ({
      name: 'room:participant-changed',
      payload: { ...at, participant, ...(by && by !== id ? { by } : {}) },
    }),
  ]);
};
