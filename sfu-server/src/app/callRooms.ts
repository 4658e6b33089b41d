/** The private rooms of calls: one for each that was answered, open as long as the call is. */
import type { CallId, User } from '@veche/protocol';
import { RoomId } from '@veche/protocol';
import { answererOf, callerOf } from '../domain/call.ts';
import type { ActiveCall, Device } from '../domain/call.ts';
import type { RoomRecord } from '../domain/room.ts';
import * as rules from '../domain/roomRules.ts';
import { LiveRoom } from './liveRoom.ts';
import type { LiveRoomParts } from './liveRoom.ts';

export interface CallRoomsEvents {
  /** The media is on another worker now and is built again. */
  moved(callId: CallId): void;
  /** There is no worker for it any more. */
  failed(callId: CallId): void;
}

/** Nobody can lock, delete or moderate it, and nothing of it is kept. */
const recordOf = ({ id, caller, callee, since }: ActiveCall): RoomRecord => ({
  id: RoomId.parse(id),
  name: '',
  visibility: 'unlisted',
  passwordHash: null,
  locked: false,
  mode: 'open',
  maxParticipants: 2,
  createdBy: caller.id,
  createdAt: since,
  roles: new Map([
    [caller.id, 'speaker'],
    [callee.id, 'speaker'],
  ]),
  bans: new Map(),
});

export class CallRooms {
  readonly #parts: LiveRoomParts;
  readonly #events: CallRoomsEvents;
  /** Those that are open, or being opened. */
  readonly #opening = new Map<CallId, Promise<LiveRoom>>();
  readonly #open = new Map<CallId, LiveRoom>();

  constructor(parts: Omit<LiveRoomParts, 'store' | 'stays'>, events: CallRoomsEvents) {
    this.#parts = { ...parts, store: { save: () => undefined }, stays: true };
    this.#events = events;
  }

  get count(): number {
    return this.#opening.size;
  }

  get(callId: CallId): LiveRoom | undefined {
    return this.#open.get(callId);
  }

  /**
   * The room of a call, opened if need be.
   * @throws Refusal UNAVAILABLE where no worker is up, INVALID_STATE if the call ended meanwhile
   */
  open(call: ActiveCall): Promise<LiveRoom> {
    const known = this.#opening.get(call.id);
    if (known) return known;
    const opening = this.#create(call);
    this.#opening.set(call.id, opening);
    opening.then(
      (room) => {
        if (this.#opening.get(call.id) === opening) this.#open.set(call.id, room);
        else room.close();
      },
      () => {
        if (this.#opening.get(call.id) === opening) this.#opening.delete(call.id);
      },
    );
    return opening;
  }

  /** The call is over. */
  close(callId: CallId): void {
    const room = this.#open.get(callId);
    this.#opening.delete(callId);
    this.#open.delete(callId);
    room?.closeFor('left');
  }

  /** Whether media can flow from or to both of them. */
  isConnected(call: ActiveCall): boolean {
    const connected = (device: Device): boolean => {
      const room = this.#open.get(call.id);
      const seat = room?.seatAt(device);
      return room && seat ? room.media.peer(seat.participant.id).connected : false;
    };
    return connected(callerOf(call)) && connected(answererOf(call));
  }

  /** The signal of a device is lost; how long that is waited for is the call's affair. */
  away(callId: CallId, device: Device): void {
    const room = this.#open.get(callId);
    const seat = room?.seatAt(device);
    if (room && seat) room.commit(rules.setAway(room.state, seat.participant.id, true));
  }

  renamed(user: User): void {
    for (const room of this.#open.values()) room.commit(rules.rename(room.state, user));
  }

  async #create(call: ActiveCall): Promise<LiveRoom> {
    const room = await LiveRoom.create(recordOf(call), this.#parts, {
      seatFreed: () => undefined,
      emptied: () => {
        // Closed by us it is forgotten already.
        if (this.#open.get(call.id) === room) this.#events.failed(call.id);
      },
      mediaReset: () => {
        this.#events.moved(call.id);
      },
    });
    return room;
  }
}
