/**
 * What stands before each handler: one guard for each right. A handler can only be made by a guard,
 * and only by that of its row in the table of rights.
 */
import type {
  ConsumerId,
  DataInput,
  ErrorCode,
  Payload,
  ProducerId,
  RequestName,
  RoomId,
  TransportId,
  User,
} from '@veche/protocol';
import type { Address } from '../app/ports.ts';
import type { SeatIn, Seats } from '../app/seats.ts';
import { requireModerator } from '../domain/moderation.ts';
import type { Right, Rights } from './rights.ts';

/** Who asks, as the socket says; and whether it is still waiting. */
export interface RequestContext {
  readonly user: User;
  readonly address: Address;
  /** Where it comes from, for limits. */
  readonly networkAddress: string;
  /** Aborted when nobody waits for the answer any more: what is made after that is undone. */
  readonly late: AbortSignal;
  /** Called once the ack is on its way. */
  readonly afterAck: (callback: () => void) => void;
  /** A part of the request was not carried out, though the rest was. */
  readonly partRefused: (code: ErrorCode, reason: string) => void;
}

const guarded = Symbol('made by a guard');

/** A handler behind the guard of a right. */
interface Guarded<R extends Right, P, D> {
  readonly [guarded]: true;
  readonly right: R;
  run(context: RequestContext, payload: P): D;
}

type Answer<N extends RequestName> = DataInput<N> | Promise<DataInput<N>>;

export type Handlers = {
  readonly [N in RequestName]: Guarded<Rights[N], Payload<N>, Answer<N>>;
};

const behind = <R extends Right, P, D>(
  right: R,
  run: (context: RequestContext, payload: P) => D,
): Guarded<R, P, D> => ({ [guarded]: true, right, run });

export const createGuards = (seats: Seats) => ({
  signedIn: <P, D>(run: (context: RequestContext, payload: P) => D) => behind('signed_in', run),

  /** The room, or the call, asks for the password and the rest itself, in one step with the seat. */
  atTheDoor: <P, D>(run: (context: RequestContext, payload: P) => D) => behind('room_door', run),

  /** The rooms look who owns what. */
  asOwner: <P, D>(run: (context: RequestContext, payload: P) => D) => behind('room_owner', run),

  /** The call looks whose device asks. */
  inOwnCall: <P, D>(run: (context: RequestContext, payload: P) => D) => behind('own_call', run),

  withSeat: <P extends { roomId: RoomId }, D>(
    run: (seat: SeatIn, payload: P, context: RequestContext) => D,
  ) =>
    behind('seat', (context, payload: P) =>
      run(seats.in(context.address, payload.roomId), payload, context),
    ),

  asModerator: <P extends { roomId: RoomId }, D>(run: (seat: SeatIn, payload: P) => D) =>
    behind('moderator', ({ address }, payload: P) => {
      const seat = seats.in(address, payload.roomId);
      requireModerator(seat.room.state, seat.id);
      return run(seat, payload);
    }),

  onTransport: <P extends { transportId: TransportId }, D>(
    run: (seat: SeatIn, payload: P, context: RequestContext) => D,
  ) =>
    behind('own_transport', (context, payload: P) =>
      run(seats.owning(context.address, payload.transportId, 'transportId'), payload, context),
    ),

  onProducer: <P extends { producerId: ProducerId }, D>(run: (seat: SeatIn, payload: P) => D) =>
    behind('own_producer', ({ address }, payload: P) =>
      run(seats.owning(address, payload.producerId, 'producerId'), payload),
    ),

  onConsumer: <P extends { consumerId: ConsumerId }, D>(run: (seat: SeatIn, payload: P) => D) =>
    behind('own_consumer', ({ address }, payload: P) =>
      run(seats.owning(address, payload.consumerId, 'consumerId'), payload),
    ),

  /** On the seat that has any of them: some may have ended on their own. */
  onConsumers: <P extends { consumerIds: ConsumerId[] }, D>(run: (seat: SeatIn, payload: P) => D) =>
    behind('own_consumer', ({ address }, payload: P) =>
      run(seats.owningAny(address, payload.consumerIds, 'consumerIds'), payload),
    ),

  /** On all seats: what is not there is passed over. */
  onOwnConsumers: <P, D>(run: (context: RequestContext, payload: P) => D) =>
    behind('own_consumer', run),
});
