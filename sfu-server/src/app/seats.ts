/** The seats of a device: in its ordinary room, and in the room of its call. */
import type { ConsumerId, ParticipantId, RoomId } from '@veche/protocol';
import { Refusal } from '../domain/refusal.ts';
import type { LiveRoom } from './liveRoom.ts';
import type { Address, MediaId } from './ports.ts';

/** Something that seats people: where this device sits, if it does. */
interface Seating {
  roomAt(address: Address): LiveRoom | undefined;
}

/** A seat in a room, as a request of its device finds it. */
export interface SeatIn {
  readonly room: LiveRoom;
  readonly id: ParticipantId;
}

export class Seats {
  readonly #seatings: readonly Seating[];

  constructor(...seatings: Seating[]) {
    this.#seatings = seatings;
  }

  /** @throws Refusal NOT_FOUND where this device has no seat */
  in(address: Address, roomId: RoomId): SeatIn {
    const seat = this.#of(address).find(({ room }) => room.id === roomId);
    if (!seat) throw new Refusal('NOT_FOUND', 'roomId: you are not in this room');
    return seat;
  }

  /**
   * The seat whose media has this id.
   * @throws Refusal NOT_FOUND for what is not one's own, MEDIA_RESET for what was
   */
  owning(address: Address, mediaId: MediaId, field: string): SeatIn {
    const seats = this.#of(address);
    const owner = seats.find(({ room, id }) => room.media.owns(id, mediaId));
    if (owner) return owner;
    if (seats.some(({ room, id }) => room.media.wasReset(id, mediaId))) {
      throw new Refusal('MEDIA_RESET', `${field}: that media is gone`);
    }
    throw new Refusal('NOT_FOUND', `${field}: none of yours`);
  }

  /**
   * The seat whose media has the first of these ids that is one's own.
   * @throws Refusal as `owning` does, where none is
   */
  owningAny(address: Address, mediaIds: readonly MediaId[], field: string): SeatIn {
    const known = mediaIds.find((id) =>
      this.#of(address).some(({ room, id: seat }) => room.media.owns(seat, id)),
    );
    const asked = known ?? mediaIds.at(-1);
    if (asked === undefined) throw new Refusal('NOT_FOUND', `${field}: none of yours`);
    return this.owning(address, asked, field);
  }

  /** Those that are already gone are passed over. */
  closeConsumers(address: Address, consumerIds: readonly ConsumerId[]): void {
    for (const { room, id } of this.#of(address)) room.media.peer(id).closeConsumers(consumerIds);
  }

  #of(address: Address): SeatIn[] {
    return this.#seatings.flatMap((seating) => {
      const room = seating.roomAt(address);
      const seat = room?.seatAt(address);
      return room && seat ? [{ room, id: seat.participant.id }] : [];
    });
  }
}
