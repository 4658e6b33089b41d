/**
 * A room with people in it. Every change is decided by the domain and told to everyone within one
 * tick, so changes never interleave; what needs a worker comes before or after, and looks again.
 */
import type {
  ConsumerId,
  DataInput,
  HeldReason,
  LeaveReason,
  MediaResetReason,
  MessageId,
  ParticipantId,
  ProducerId,
  RemovedReason,
  RoomId,
  Snapshot,
  User,
} from '@veche/protocol';
import type { Logger } from 'pino';
import { describeLive, emptyRoom } from '../domain/room.ts';
import type { Decision, RoomRecord, RoomState, Seat } from '../domain/room.ts';
import * as rules from '../domain/roomRules.ts';
import { seatOf } from '../domain/seat.ts';
import * as trackRules from '../domain/trackRules.ts';
import { FIRST_STEPS } from '../domain/posture.ts';
import type { PostureOptions } from '../domain/posture.ts';
import type { SpeakersOptions } from '../domain/speakers.ts';
import { addressKey, tellRoom } from './ports.ts';
import type {
  Address,
  Clock,
  Ids,
  Media,
  Notifier,
  RoomStore,
  RoomWitness,
  Timers,
} from './ports.ts';
import { RoomMedia } from './roomMedia.ts';
import { RoomPosture } from './roomPosture.ts';
import { RoomSpeakers } from './roomSpeakers.ts';

export interface LiveRoomParts {
  readonly media: Media;
  readonly notifier: Notifier;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: Pick<RoomStore, 'save'>;
  readonly log: Logger;
  readonly speakers: SpeakersOptions;
  /** When microphones go through slots; never without it, as in a call. */
  readonly posture?: PostureOptions;
  readonly witness?: RoomWitness;
  /** Open also when nobody is in it, until it is closed. */
  readonly stays?: boolean;
}

/** Why a seat is freed, and what its device is told of it. */
export interface Farewell {
  readonly reason: LeaveReason | RemovedReason;
  readonly by?: ParticipantId;
  /** In the moderator's words. */
  readonly words?: string;
  /** How long they cannot come back. */
  readonly banMs?: number;
}

export interface LiveRoomEvents {
  /** A device has no seat here any more. */
  seatFreed(address: Address): void;
  /** Nobody is left; the room is closed. */
  emptied(): void;
  /** All media is gone and built again on another worker. */
  mediaReset?(): void;
}

/** Why a picture is withheld: the only reason that there is. */
const NARROW_LINE: HeldReason = 'narrow_line';

export class LiveRoom {
  readonly id: RoomId;
  readonly media: RoomMedia;
  /** Null where every microphone is always heard by itself. */
  readonly posture: RoomPosture | null;
  readonly #parts: LiveRoomParts;
  readonly #events: LiveRoomEvents;
  readonly #speakers: RoomSpeakers;
  readonly #log: Logger;
  /** Cancels the end of the grace of those who are away. */
  readonly #graces = new Map<ParticipantId, () => void>();
  /** Which seat a device holds. */
  readonly #idAt = new Map<string, ParticipantId>();
  #state: RoomState;
  /** As it is in the store. */
  #kept: RoomRecord;
  #closed = false;

  private constructor(
    record: RoomRecord,
    parts: LiveRoomParts,
    events: LiveRoomEvents,
    media: RoomMedia,
  ) {
    this.id = record.id;
    this.#kept = record;
    this.media = media;
    this.#parts = parts;
    this.#events = events;
    this.#state = emptyRoom(record, parts.posture ? FIRST_STEPS : null);
    this.#log = parts.log.child({ roomId: record.id });
    this.#speakers = new RoomSpeakers(record.id, parts, () => this.#state.voice.mode === 'slots');
    const { posture: options, timers } = parts;
    this.posture = options
      ? new RoomPosture({
          media,
          state: () => this.#state,
          commit: (decision) => {
            this.commit(decision);
          },
          options,
          timers,
          log: this.#log,
        })
      : null;
    media.listen({
      reset: (reason, ids) => {
        this.#mediaReset(reason, ids);
      },
      failed: () => {
        this.closeFor('room_closed');
      },
      producerClosed: (producerId, reason) => {
        this.commit(trackRules.unpublish(this.#state, producerId, reason));
      },
      levels: (levels) => {
        this.#heard(levels);
      },
      transportEnded: (participantId, direction, reason) => {
        // Whoever leaves closes theirs, and has a line of their own.
        const level = reason === 'closed_by_client' ? 'debug' : 'info';
        this.#log[level]({ participantId, direction, reason }, 'Transport closed');
      },
      withheld: (id, consumerId, withheld) => {
        this.#withheld(id, consumerId, withheld);
      },
    });
  }

  /** @throws Refusal UNAVAILABLE where no worker is up */
  static async create(
    record: RoomRecord,
    parts: LiveRoomParts,
    events: LiveRoomEvents,
  ): Promise<LiveRoom> {
    const media = await RoomMedia.create(parts.media, parts.ids);
    parts.log.info({ roomId: record.id }, 'Room opened');
    return new LiveRoom(record, parts, events, media);
  }

  get state(): RoomState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The seat that this device holds. */
  seatAt(address: Address): Seat | undefined {
    const id = this.#idAt.get(addressKey(address));
    return id === undefined ? undefined : this.#state.seats.get(id);
  }

  /**
   * Takes a seat, comes back to it, or takes it over from the user's other device.
   * @throws Refusal FORBIDDEN, ROOM_LOCKED, ROOM_FULL
   */
  join(user: User, address: Address): ParticipantId {
    const { ids, clock, notifier } = this.#parts;
    const decision = rules.join(this.#state, {
      user,
      deviceId: address.deviceId,
      participantId: ids.participantId(),
      // A call that was placed goes on whatever happens.
      isFull: this.posture !== null && this.media.isFull,
      now: clock.now(),
    });
    const { participantId, displaced } = decision;
    if (displaced) this.#dismiss(displaced, { reason: 'moved' });
    this.#idAt.set(addressKey(address), participantId);
    if (!this.#state.seats.has(participantId)) {
      const { participant } = seatOf(decision.state, participantId);
      this.media.add(participantId, participant.number);
      this.#log.info({ participantId, userId: user.id }, 'Participant joined');
    }
    this.#endGrace(participantId);
    notifier.listenAfterAck(address, this.id);
    this.commit(decision, displaced?.participant.id);
    return participantId;
  }

  /** Frees a seat; the room closes behind the last one, unless it stays. */
  leave(id: ParticipantId, reason: LeaveReason, by?: ParticipantId): void {
    const seat = seatOf(this.#state, id);
    this.free(rules.leave(this.#state, id, reason, by), seat, { reason, ...(by ? { by } : {}) });
  }

  /** Carries out a decision that frees `seat`. */
  free(decision: Decision, seat: Seat, farewell: Farewell): void {
    this.#keep(decision);
    // Out of the room's notices first: who left hears nothing more of it.
    this.#dismiss(seat, farewell);
    this.commit(decision, seat.participant.id);
    if (this.#state.seats.size === 0 && this.#parts.stays !== true) this.close();
  }

  /** The signal of a seat's device is lost: others see it, and the seat is kept for `graceMs`. */
  away(id: ParticipantId, graceMs: number): void {
    this.#endGrace(id);
    this.commit(rules.setAway(this.#state, id, true));
    const cancel = this.#parts.timers.after(graceMs, () => {
      this.leave(id, 'connection_lost');
    });
    this.#graces.set(id, cancel);
  }

  /**
   * Makes a decision true and tells everyone.
   * @param freed whose seat it frees. Their media goes only now: its end is a change of the room too,
   *   and must not come before this one, which was decided without it
   */
  commit(decision: Decision, freed?: ParticipantId): void {
    if (this.#closed) return;
    this.#keep(decision);
    this.#state = decision.state;
    tellRoom(this.#parts.notifier, this.id, decision.notices);
    if (freed !== undefined) this.media.remove(freed);
    this.posture?.follow();
  }

  /** Writes down what must outlive the room; where that fails nothing has changed and nobody was told. */
  #keep({ state: { record } }: Decision): void {
    if (record === this.#kept) return;
    this.#parts.store.save(record);
    this.#kept = record;
  }

  say(id: ParticipantId, text: string, messageId: MessageId): MessageId {
    const { notifier, clock } = this.#parts;
    const { state, message } = rules.say(this.#state, id, text, messageId, clock.now());
    this.#state = state;
    notifier.toRoom(this.id, 'chat:message', message);
    return messageId;
  }

  /** What a seat's device is answered when it has joined. */
  answerTo(participantId: ParticipantId): DataInput<'room:join'> {
    const snapshot = this.snapshotFor(participantId);
    const routerRtpCapabilities = this.media.rtpCapabilities;
    const { withheld } = this.media.peer(participantId);
    const heldConsumers = withheld.map((consumerId) => ({ consumerId, reason: NARROW_LINE }));
    return {
      participantId,
      epoch: snapshot.epoch,
      snapshot,
      routerRtpCapabilities,
      ...(heldConsumers.length > 0 ? { heldConsumers } : {}),
    };
  }

  /** For an answer that took a while: as it is now, and its notices from here on follow the answer. */
  snapshotAnew(self: ParticipantId): Snapshot {
    this.#parts.notifier.listenAfterAck(addressOf(seatOf(this.#state, self)), this.id);
    return this.snapshotFor(self);
  }

  snapshotFor(self: ParticipantId): Snapshot {
    const { revision, seats, tracks, chat, voice } = this.#state;
    return {
      room: describeLive(this.#state),
      revision,
      epoch: this.media.epochOf(self),
      self,
      participants: [...seats.values()].map(({ participant }) => participant),
      tracks: [...tracks.values()],
      voice,
      speakers: this.#speakers.current,
      chat: [...chat],
    };
  }

  /** Somebody muted or left: not speaking any more, without waiting for the observer. */
  silence(id: ParticipantId): void {
    this.#speakers.forget(id);
  }

  /** Everyone out, with the reason; `left` tells them nothing. */
  closeFor(reason: RemovedReason | 'left', by?: ParticipantId): void {
    for (const seat of this.#state.seats.values()) {
      this.#dismiss(seat, { reason, ...(by ? { by } : {}) });
    }
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const cancel of this.#graces.values()) cancel();
    this.#speakers.close();
    this.posture?.close();
    this.media.close();
    this.#log.info('Room closed');
    this.#events.emptied();
  }

  /** Takes everything from a seat that its device has of this room, but the media. */
  #dismiss(seat: Seat, { reason, ...told }: Farewell): void {
    const { id: participantId, user } = seat.participant;
    const address = addressOf(seat);
    this.#idAt.delete(addressKey(address));
    this.#endGrace(participantId);
    this.#speakers.forget(participantId);
    if (reason !== 'left' && reason !== 'connection_lost') {
      this.#parts.notifier.toDevice(address, 'removed', { roomId: this.id, reason, ...told });
    }
    this.#parts.notifier.stopListening(address, this.id);
    this.#events.seatFreed(address);
    this.#log.info({ participantId, userId: user.id, reason }, 'Participant left');
    this.#parts.witness?.left(reason);
  }

  #endGrace(id: ParticipantId): void {
    this.#graces.get(id)?.();
    this.#graces.delete(id);
  }

  #mediaReset(reason: MediaResetReason, ids: readonly ParticipantId[]): void {
    this.#log.warn({ reason, participants: ids.length }, 'Media moved to a new router');
    this.#parts.witness?.mediaReset(reason);
    this.#events.mediaReset?.();
    this.posture?.rebuild();
    for (const id of ids) {
      this.commit(trackRules.dropTracks(this.#state, id));
      const seat = seatOf(this.#state, id);
      const address = addressOf(seat);
      // The new media is on hold as the old was; it has nothing yet that this could wait for.
      if (seat.participant.onHold) void this.media.peer(id).setHeld(true);
      this.#parts.notifier.toDevice(address, 'media:reset', {
        roomId: this.id,
        epoch: this.media.epochOf(id),
        reason,
      });
    }
  }

  #withheld(participantId: ParticipantId, consumerId: ConsumerId, held: boolean): void {
    const what = held ? 'Picture withheld' : 'Picture tried again';
    this.#log.info({ participantId, consumerId, reason: NARROW_LINE }, what);
    const address = addressOf(seatOf(this.#state, participantId));
    const notice = { roomId: this.id, consumerId, held, reason: NARROW_LINE };
    this.#parts.notifier.toDevice(address, 'consumer:held', notice);
  }

  #heard(levels: readonly { producerId: ProducerId; level: number }[]): void {
    this.#speakers.heard(
      levels.flatMap(({ producerId, level }) => {
        const track = this.#state.tracks.get(producerId);
        return track && !track.paused ? [{ participantId: track.participantId, level }] : [];
      }),
    );
  }
}

const addressOf = ({ participant, deviceId }: Seat): Address => ({
  userId: participant.user.id,
  deviceId,
});
