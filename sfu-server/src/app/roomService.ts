/** Rooms: which there are, who may enter, and where each device's seat is. */
import type { DataInput, ParticipantId, Payload, Room, RoomId, User } from '@veche/protocol';
import { Refusal, refuseLate } from '../domain/refusal.ts';
import { describeRoom } from '../domain/room.ts';
import type { RoomRecord } from '../domain/room.ts';
import * as rules from '../domain/roomRules.ts';
import { LiveRoom } from './liveRoom.ts';
import type { LiveRoomParts } from './liveRoom.ts';
import { addressKey } from './ports.ts';
import type { Address, Passwords, PasswordTries, RoomStore } from './ports.ts';
import { Turns } from './turns.ts';

interface RoomSettings {
  readonly graceMs: number;
  /** After a deliberate close, so that a reload keeps the seat. */
  readonly deliberateGraceMs: number;
  readonly defaultMaxParticipants: number;
  readonly maxRoomsPerUser: number;
}

export interface RoomServiceParts extends LiveRoomParts {
  readonly store: RoomStore;
  readonly passwords: Passwords;
  readonly passwordTries: PasswordTries;
  readonly settings: RoomSettings;
}

/** A wish to come in. */
interface Knock {
  readonly roomId: RoomId;
  readonly password: string | undefined;
  /** Where it comes from. */
  readonly networkAddress: string;
}

type Joined = DataInput<'room:join'>;

/** Of a crowd at one door. With the media of the join, the answer comes within 4 s. */
const AT_THE_DOOR = { atOnce: 1, mostMs: 100, patienceMs: 2900 };

const notFound = (): Refusal => new Refusal('NOT_FOUND', 'roomId: no such room');

export class RoomService {
  readonly #parts: RoomServiceParts;
  /** Rooms with people in them, or being opened for the first. */
  readonly #live = new Map<RoomId, Promise<LiveRoom>>();
  readonly #opened = new Map<RoomId, LiveRoom>();
  /** The ordinary room of each device. */
  readonly #roomOf = new Map<string, LiveRoom>();
  readonly #door = new Turns<RoomId>(AT_THE_DOOR);
  #draining = false;

  constructor(parts: RoomServiceParts) {
    this.#parts = parts;
  }

  get rooms(): readonly LiveRoom[] {
    return [...this.#opened.values()];
  }

  list(user: User): Room[] {
    const stored = this.#parts.store
      .visibleTo(user.id)
      .map((record) => [record.id, record] as const);
    const records = new Map(stored);
    // Where people are one finds them, however many rooms somebody made since.
    for (const { state } of this.#opened.values()) {
      if (state.record.visibility === 'listed') records.set(state.record.id, state.record);
    }
    return [...records.values()]
      .sort((one, other) => other.createdAt - one.createdAt)
      .map((record) => this.#describe(record));
  }

  async create(user: User, payload: Payload<'room:create'>): Promise<Room> {
    const { store, passwords, ids, clock, settings } = this.#parts;
    this.#refuseWhenDraining();
    const passwordHash =
      payload.password === undefined ? null : await passwords.hash(payload.password);
    if (store.countCreatedBy(user.id) >= settings.maxRoomsPerUser) {
      throw new Refusal('RATE_LIMITED', `you have ${settings.maxRoomsPerUser} rooms; delete one`);
    }
    const record: RoomRecord = {
      id: ids.roomId(),
      name: payload.name,
      visibility: payload.visibility ?? 'listed',
      passwordHash,
      locked: false,
      mode: payload.mode ?? 'open',
      maxParticipants: payload.maxParticipants ?? settings.defaultMaxParticipants,
      createdBy: user.id,
      createdAt: clock.now(),
      roles: new Map(),
      bans: new Map(),
    };
    store.save(record);
    this.#parts.log.info({ roomId: record.id, userId: user.id }, 'Room created');
    return describeRoom(record, 0);
  }

  /**
   * Every way into a room leads through here and through the same checks. A crowd takes turns.
   * @param furnish what else the answer takes; the next has its turn after it
   * @throws Refusal NOT_FOUND, FORBIDDEN, ROOM_FULL, ROOM_LOCKED, RATE_LIMITED, UNAVAILABLE
   */
  async join(
    user: User,
    address: Address,
    knock: Knock,
    late: AbortSignal,
    furnish: (joined: Joined) => Promise<Joined>,
  ): Promise<Joined> {
    const { roomId } = knock;
    const cameAt = performance.now();
    const seated = this.#opened.get(roomId)?.seatAt(address) !== undefined;
    if (!seated) await this.#pastTheDoor(user, knock);
    return this.#door.take(roomId, async () => {
      refuseLate(late);
      // The wait for the turn took a while.
      if (!seated) this.#refuseWhenDraining();
      const inTime = (): void => {
        refuseLate(late);
        // What is left would not do for the answer, and whoever is told that it failed has no seat.
        if (!seated && performance.now() - cameAt > AT_THE_DOOR.patienceMs) {
          throw new Refusal('UNAVAILABLE', 'this took too long; try again');
        }
      };
      return furnish(await this.#seat(user, address, roomId, inTime));
    });
  }

  /** @param inTime throws if it is too late for a seat: the device may also be gone, and nothing would free it */
  async #seat(user: User, address: Address, roomId: RoomId, inTime: () => void): Promise<Joined> {
    // Another one, if it closed or was deleted since the look at the door.
    const room = await this.#enter(this.#record(roomId));
    const former = this.#roomOf.get(addressKey(address));
    let participantId: ParticipantId;
    try {
      inTime();
      participantId = room.join(user, address);
    } catch (error) {
      this.#closeIfEmpty(room);
      throw error;
    }
    if (former && former !== room) this.#leave(former, address);
    this.#roomOf.set(addressKey(address), room);
    return room.answerTo(participantId);
  }

  /** @throws Refusal FORBIDDEN, NOT_FOUND */
  delete(user: User, address: Address, roomId: RoomId): void {
    const record = this.#record(roomId);
    const room = this.#opened.get(roomId);
    const seat = room?.seatAt(address);
    const moderator = seat?.participant.role === 'moderator';
    if (record.createdBy !== user.id && !moderator) {
      if (record.visibility === 'unlisted' && !seat) throw notFound();
      throw new Refusal('FORBIDDEN', 'only its creator or a moderator may delete a room');
    }
    this.#parts.store.delete(roomId);
    room?.closeFor('room_closed', seat?.participant.id);
    this.#parts.log.info({ roomId, userId: user.id }, 'Room deleted');
  }

  /** The room that this device sits in. */
  roomAt(address: Address): LiveRoom | undefined {
    return this.#roomOf.get(addressKey(address));
  }

  /** A device's signal is lost. A deliberate close gets a short grace, for a reload. */
  deviceDown(address: Address, deliberate: boolean): void {
    const room = this.#roomOf.get(addressKey(address));
    const seat = room?.seatAt(address);
    if (!room || !seat) return;
    const { graceMs, deliberateGraceMs } = this.#parts.settings;
    room.away(seat.participant.id, deliberate ? Math.min(deliberateGraceMs, graceMs) : graceMs);
  }

  /** Frees the seat of somebody who has no right to be here any more. */
  expel(address: Address): void {
    const room = this.#roomOf.get(addressKey(address));
    const seat = room?.seatAt(address);
    if (room && seat) room.leave(seat.participant.id, 'removed');
  }

  renamed(user: User): void {
    for (const room of this.#opened.values()) room.commit(rules.rename(room.state, user));
  }

  /** No new rooms and joins; those inside stay. */
  drain(): void {
    this.#draining = true;
  }

  close(): void {
    for (const room of this.#opened.values()) room.close();
  }

  #refuseWhenDraining(): void {
    if (this.#draining) throw new Refusal('UNAVAILABLE', 'the server is going down');
  }

  #record(roomId: RoomId): RoomRecord {
    const record = this.#opened.get(roomId)?.state.record ?? this.#parts.store.get(roomId);
    if (!record) throw notFound();
    return record;
  }

  /** The room, for somebody who may come in by its password. */
  async #pastTheDoor(user: User, knock: Knock): Promise<void> {
    const { roomId, password, networkAddress } = knock;
    const tried =
      password === undefined ? null : this.#parts.passwordTries.begin(user.id, networkAddress);
    let wrong = true;
    try {
      const record = await this.#recordAtTheDoor(roomId, password);
      await this.#checkPassword(record, user, password);
      wrong = false;
    } finally {
      tried?.(wrong);
    }
    // The hash took a while.
    this.#refuseWhenDraining();
  }

  /** A room that does not exist takes as long to refuse as a hidden one with another password. */
  async #recordAtTheDoor(roomId: RoomId, password: string | undefined): Promise<RoomRecord> {
    try {
      return this.#record(roomId);
    } catch (error) {
      if (password !== undefined) await this.#parts.passwords.hash(password);
      throw error;
    }
  }

  #describe(record: RoomRecord): Room {
    const room = this.#opened.get(record.id);
    return describeRoom(room?.state.record ?? record, room?.state.seats.size ?? 0);
  }

  async #checkPassword(record: RoomRecord, user: User, given: string | undefined): Promise<void> {
    if (record.passwordHash === null || record.createdBy === user.id) return;
    const right =
      given !== undefined && (await this.#parts.passwords.verify(given, record.passwordHash));
    if (right) return;
    // An unlisted room answers as if it did not exist.
    if (record.visibility === 'unlisted') throw notFound();
    throw new Refusal('FORBIDDEN', given === undefined ? 'password: needed' : 'password: wrong');
  }

  /** The live room, opened if need be; one that closed or was deleted meanwhile is not it. */
  async #enter(record: RoomRecord): Promise<LiveRoom> {
    for (;;) {
      const room = await this.#open(record);
      if (room.closed) continue;
      if (this.#parts.store.get(record.id)) return room;
      room.closeFor('room_closed');
      throw notFound();
    }
  }

  #open(record: RoomRecord): Promise<LiveRoom> {
    const known = this.#live.get(record.id);
    if (known) return known;
    const opening = LiveRoom.create(record, this.#parts, {
      seatFreed: (address) => this.#roomOf.delete(addressKey(address)),
      emptied: () => {
        this.#live.delete(record.id);
        this.#opened.delete(record.id);
      },
    });
    this.#live.set(record.id, opening);
    opening.then(
      (room) => this.#opened.set(record.id, room),
      () => this.#live.delete(record.id),
    );
    return opening;
  }

  #closeIfEmpty(room: LiveRoom): void {
    if (room.state.seats.size === 0) room.close();
  }

  #leave(room: LiveRoom, address: Address): void {
    const seat = room.seatAt(address);
    if (seat) room.leave(seat.participant.id, 'left');
  }
}
