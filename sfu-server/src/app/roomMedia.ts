/** The media of everyone in one room: a peer and an epoch for each participant. */
import type {
  ConsumerId,
  MediaResetReason,
  ParticipantId,
  ProducerId,
  Track,
  TrackEnd,
} from '@veche/protocol';
import { Refusal } from '../domain/refusal.ts';
import type {
  Direction,
  Ids,
  Media,
  MediaId,
  MediaPeerPort,
  MediaRoomPort,
  TransportEnd,
} from './ports.ts';

interface Member {
  /** The participant's. */
  readonly number: number;
  readonly peer: MediaPeerPort;
  /** Another one means that all transports, producers and consumers before it are gone. */
  readonly epoch: number;
  /** Who it was before the last reset. */
  readonly former: MediaPeerPort | null;
}

export interface RoomMediaEvents {
  /** The media of these is gone; new peers are ready for them, with new epochs. */
  reset(reason: MediaResetReason, ids: readonly ParticipantId[]): void;
  /** The router died, and there is no worker for another. */
  failed(): void;
  producerClosed(producerId: ProducerId, reason: TrackEnd | undefined): void;
  levels(levels: readonly { producerId: ProducerId; level: number }[]): void;
  /** A transport of this one closed that should not have. */
  transportEnded(id: ParticipantId, direction: Direction, reason: TransportEnd): void;
  /** There is no place on this one's line for a picture, or there may be again. */
  withheld(id: ParticipantId, consumerId: ConsumerId, withheld: boolean): void;
}

/** How often a room without a router asks for a new one, and for how long, ms. */
const RETRY_MS = 500;
const GIVE_UP_AFTER_MS = 10_000;

export class RoomMedia {
  readonly #media: Media;
  readonly #ids: Ids;
  #events: RoomMediaEvents | null = null;
  readonly #members = new Map<ParticipantId, Member>();
  #room: MediaRoomPort;
  #hasSlots = false;
  #closed = false;

  private constructor(media: Media, ids: Ids, room: MediaRoomPort) {
    this.#media = media;
    this.#ids = ids;
    this.#room = room;
    this.#listen();
  }

  /** @throws Refusal UNAVAILABLE where no worker is up */
  static async create(media: Media, ids: Ids): Promise<RoomMedia> {
    return new RoomMedia(media, ids, await media.createRoom());
  }

  /** Once, before anyone is in it. */
  listen(events: RoomMediaEvents): void {
    this.#events = events;
  }

  get isSpread(): boolean {
    return this.#room.isSpread;
  }

  /** The media of some, or of all, is gone, and what comes in its place is not there yet. */
  get isLost(): boolean {
    return [...this.#members.values()].some(({ peer }) => peer.closed);
  }

  get isFull(): boolean {
    return this.#room.isFull;
  }

  get rtpCapabilities(): MediaRoomPort['rtpCapabilities'] {
    return this.#room.rtpCapabilities;
  }

  /** @param number the participant's */
  add(id: ParticipantId, number: number): void {
    const former = this.#members.get(id)?.peer ?? null;
    const peer = this.#createPeer(id, number);
    this.#members.set(id, { number, peer, epoch: this.#ids.epoch(), former });
  }

  remove(id: ParticipantId): void {
    this.#members.get(id)?.peer.close();
    this.#members.delete(id);
  }

  epochOf(id: ParticipantId): number {
    return this.#member(id).epoch;
  }

  peer(id: ParticipantId): MediaPeerPort {
    return this.#member(id).peer;
  }

  /** @throws Refusal MEDIA_RESET for an epoch that is over */
  peerAt(id: ParticipantId, epoch: number): MediaPeerPort {
    const member = this.#member(id);
    if (member.epoch !== epoch) throw new Refusal('MEDIA_RESET', 'epoch: that media is gone');
    return member.peer;
  }

  owns(id: ParticipantId, mediaId: MediaId): boolean {
    return this.#members.get(id)?.peer.owns(mediaId) ?? false;
  }

  /** The id is of media that went with the last reset, or with a router that has no successor yet. */
  wasReset(id: ParticipantId, mediaId: MediaId): boolean {
    const member = this.#members.get(id);
    if (!member) return false;
    const { peer, former } = member;
    return (peer.closed && peer.everOwned(mediaId)) || former?.everOwned(mediaId) === true;
  }

  close(): void {
    this.#closed = true;
    this.#room.close();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #member(id: ParticipantId): Member {
    const member = this.#members.get(id);
    if (!member) throw new Refusal('NOT_FOUND', 'participantId: nobody here has this id');
    return member;
  }

  /** Microphones are heard through slots from now on, also after a reset; their names. */
  async openSlots(): Promise<ProducerId[]> {
    this.#hasSlots = true;
    return this.#room.openSlots();
  }

  closeSlots(): void {
    this.#hasSlots = false;
    this.#room.closeSlots();
  }

  /** Nobody receives these any more as tracks of their own. */
  closeConsumersOf(tracks: readonly Track[]): void {
    const producerIds = tracks.map(({ producerId }) => producerId);
    for (const { peer } of this.#members.values()) peer.closeConsumersOf(producerIds);
  }

  #createPeer(id: ParticipantId, number: number): MediaPeerPort {
    return this.#room.createPeer(number, {
      producerClosed: (producerId, reason) => {
        this.#events?.producerClosed(producerId, reason);
      },
      transportEnded: (direction, reason) => {
        this.#events?.transportEnded(id, direction, reason);
      },
      withheld: (consumerId, withheld) => {
        if (this.#members.has(id)) this.#events?.withheld(id, consumerId, withheld);
      },
    });
  }

  #listen(): void {
    this.#room.listen({
      levels: (levels) => {
        this.#events?.levels(levels);
      },
      lost: (reason) => void this.#recover(reason),
      partLost: (reason, peers) => {
        const ids = [...this.#members].flatMap(([id, { peer }]) => (peers.has(peer) ? [id] : []));
        for (const id of ids) this.#members.get(id)?.peer.close();
        this.#renew(ids, reason);
      },
    });
  }

  /** Moves everyone to a new router. */
  async #recover(reason: MediaResetReason): Promise<void> {
    const deadline = performance.now() + GIVE_UP_AFTER_MS;
    while (!this.#isClosed()) {
      try {
        const room = await this.#createRoom();
        if (this.#isClosed()) room.close();
        else this.#moveTo(room, reason);
        return;
      } catch {
        // No worker yet: the pool is replacing it.
        if (performance.now() > deadline) {
          this.#events?.failed();
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** A new router, with slots where there were some. */
  async #createRoom(): Promise<MediaRoomPort> {
    const room = await this.#media.createRoom();
    try {
      if (this.#hasSlots) await room.openSlots();
      return room;
    } catch (error) {
      room.close();
      throw error;
    }
  }

  #moveTo(room: MediaRoomPort, reason: MediaResetReason): void {
    this.#room = room;
    this.#listen();
    this.#renew([...this.#members.keys()], reason);
  }

  #renew(ids: readonly ParticipantId[], reason: MediaResetReason): void {
    for (const id of ids) this.add(id, this.#member(id).number);
    this.#events?.reset(reason, ids);
  }
}
