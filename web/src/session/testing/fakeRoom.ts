/** A room on a scripted server: enough of the contract for a client to live in it. */
import type {
  DataInput,
  NoticeInput,
  Participant,
  PayloadInput,
  Room,
  Track,
} from '@veche/protocol';
import {
  KIND_OF_SOURCE,
  Participant as ParticipantSchema,
  Room as RoomSchema,
  RtpCapabilities,
  RtpParameters,
} from '@veche/protocol';
import * as fakes from 'mediasoup-client/fakeParameters';
import { toWire } from '../wire.ts';
import { Refusal, type ScriptedServer } from './scriptedServer.ts';

export const ROOM_ID = 'room-1';
export const ME = 'participant-me';

export const person = (id: string, number: number, more: Partial<Participant> = {}): Participant =>
  ParticipantSchema.parse({
    id,
    number,
    user: { id: `user-${id}`, name: id },
    role: 'speaker',
    muted: true,
    mutedByModerator: false,
    handRaisedAt: null,
    away: false,
    onHold: false,
    joinedAt: 1,
    ...more,
  });

export const room = (more: Partial<Room> = {}): Room =>
  RoomSchema.parse({
    id: ROOM_ID,
    name: 'Kitchen',
    visibility: 'listed',
    hasPassword: false,
    locked: false,
    mode: 'open',
    maxParticipants: 500,
    participantCount: 1,
    createdBy: 'user-x',
    createdAt: 1,
    ...more,
  });

export const routerRtpCapabilities = toWire(RtpCapabilities, fakes.generateRouterRtpCapabilities());

type SnapshotInput = DataInput<'room:join'>['snapshot'];

export class FakeRoom {
  readonly #server: ScriptedServer;
  readonly #id: string;
  snapshot: SnapshotInput;
  /** Ids of the consumers that the client was given and did not close. */
  readonly consumers = new Map<string, { producerId: string; resumed: boolean }>();
  readonly transports: { id: string; direction: 'send' | 'receive' }[] = [];
  #made = 0;
  #held: NonNullable<DataInput<'room:join'>['heldConsumers']> = [];

  constructor(server: ScriptedServer, id = ROOM_ID) {
    this.#server = server;
    this.#id = id;
    this.snapshot = {
      room: { ...room(), id },
      revision: 10,
      epoch: 1,
      self: ME,
      participants: [person(ME, 1)],
      tracks: [],
      voice: { mode: 'direct' },
      speakers: [],
      chat: [],
    };
    this.#answerRequests();
  }

  get self(): SnapshotInput['participants'][number] {
    const self = this.snapshot.participants.find(({ id }) => id === this.snapshot.self);
    if (!self) throw new Error('nobody');
    return self;
  }

  /** Somebody with a microphone, there before anyone is told. */
  seat(id: string, number: number): Track['producerId'] {
    this.snapshot.participants.push(person(id, number, { muted: false }));
    this.snapshot.tracks.push(this.#track(id));
    return `microphone-of-${id}` as Track['producerId'];
  }

  join(id: string, number: number): void {
    this.snapshot.participants.push(person(id, number, { muted: false }));
    this.notify('room:participant-joined', { participant: person(id, number, { muted: false }) });
    this.publish(id);
  }

  publish(id: string, source: Track['source'] = 'microphone'): void {
    const track = this.#track(id, source);
    this.snapshot.tracks.push(track);
    this.notify('room:track-published', { track });
  }

  /** There is no place on the line for somebody's camera, or there is again. */
  withhold(participantId: string, held: boolean, { told } = { told: true }): void {
    const consumerId = [...this.consumers.keys()].find(
      (id) => this.consumers.get(id)?.producerId === `camera-of-${participantId}`,
    );
    if (consumerId === undefined) throw new Error(`the camera of ${participantId} is not received`);
    const reason = 'narrow_line';
    this.#held = held ? [{ consumerId, reason }] : [];
    if (told) {
      this.#server.notify('consumer:held', { roomId: this.#id, held, consumerId, reason });
    }
  }

  /** Somebody's camera is paused or goes on. */
  pauseCamera(participantId: string, paused: boolean): void {
    const track = this.snapshot.tracks.find(
      (one) => one.participantId === participantId && one.source === 'camera',
    );
    if (!track) throw new Error(`${participantId} has no camera`);
    track.paused = paused;
    this.notify('room:track-changed', { track: { ...track } });
  }

  leave(participantId: string): void {
    this.snapshot.tracks = this.snapshot.tracks.filter(
      (one) => one.participantId !== participantId,
    );
    this.snapshot.participants = this.snapshot.participants.filter(
      ({ id }) => id !== participantId,
    );
    for (const [id, { producerId }] of this.consumers) {
      if (producerId === `microphone-of-${participantId}`) this.consumers.delete(id);
    }
    this.notify('room:participant-left', { participantId, reason: 'left' });
  }

  /** A change of the room: one more revision, told to everyone. */
  notify<N extends Changing>(name: N, payload: Omit<NoticeInput<N>, 'roomId' | 'revision'>): void {
    this.snapshot.revision += 1;
    const { revision } = this.snapshot;
    this.#server.notifyRaw(name, { roomId: this.#id, revision, ...payload });
  }

  changeSelf(change: Partial<Participant>): void {
    Object.assign(this.self, change);
    this.notify('room:participant-changed', { participant: this.self });
  }

  /** All media is gone, as after the death of a worker. */
  loseMedia(): void {
    this.snapshot.epoch += 1;
    this.consumers.clear();
    this.transports.length = 0;
    this.snapshot.tracks = this.snapshot.tracks.filter((one) => one.participantId !== ME);
  }

  /** Producers whose sound would flow to the client. */
  get flowing(): string[] {
    return [...this.consumers.values()]
      .filter(({ resumed }) => resumed)
      .map(({ producerId }) => producerId)
      .sort();
  }

  #track(
    participantId: string,
    source: Track['source'] = 'microphone',
  ): SnapshotInput['tracks'][number] {
    const producerId = `${source}-of-${participantId}`;
    return { producerId, participantId, kind: KIND_OF_SOURCE[source], source, paused: false };
  }

  #newTransport(direction: 'send' | 'receive'): DataInput<'transport:create'> {
    const old = this.transports.findIndex((transport) => transport.direction === direction);
    if (old >= 0) this.transports.splice(old, 1);
    if (direction === 'receive') this.consumers.clear();
    const id = `transport-${(this.#made += 1)}`;
    this.transports.push({ id, direction });
    const { iceParameters, iceCandidates, dtlsParameters } =
      fakes.generateTransportRemoteParameters();
    return { id, iceParameters, iceCandidates, dtlsParameters };
  }

  #assertTransport(transportId: string): void {
    if (!this.transports.some(({ id }) => id === transportId)) throw new Refusal('MEDIA_RESET');
  }

  #answerRequests(): void {
    const server = this.#server;
    server.on('room:join', (payload) => this.answerJoin(payload));
    server.on('room:snapshot', () => ({ snapshot: structuredClone(this.snapshot) }));
    server.on('room:leave', () => ({}));
    server.on('transport:create', ({ epoch, direction }) => {
      if (epoch !== this.snapshot.epoch) throw new Refusal('MEDIA_RESET');
      return this.#newTransport(direction);
    });
    server.on('transport:connect', ({ transportId }) => {
      this.#assertTransport(transportId);
      return {};
    });
    server.on('transport:restart-ice', ({ transportId }) => {
      this.#assertTransport(transportId);
      return { iceParameters: fakes.generateTransportRemoteParameters().iceParameters };
    });
    server.on('producer:create', ({ transportId, source }) => {
      this.#assertTransport(transportId);
      const track = this.#track(this.snapshot.self, source);
      this.snapshot.tracks.push(track);
      this.notify('room:track-published', { track });
      return { producerId: track.producerId };
    });
    server.on('consumer:create', ({ transportId, producerIds }) => {
      this.#assertTransport(transportId);
      return this.#consume(producerIds);
    });
    server.on('consumer:resume', ({ consumerIds }) => {
      const known = consumerIds.flatMap((id) => this.consumers.get(id) ?? []);
      if (known.length === 0) throw new Refusal('NOT_FOUND');
      for (const consumer of known) consumer.resumed = true;
      return {};
    });
    server.on('consumer:close', ({ consumerIds }) => {
      for (const id of consumerIds) this.consumers.delete(id);
      return {};
    });
    server.on('producer:pause', () => {
      this.pauseCamera(this.snapshot.self, true);
      return {};
    });
    server.on('producer:resume', () => {
      this.pauseCamera(this.snapshot.self, false);
      return {};
    });
    server.on('room:hold', ({ held }) => {
      this.changeSelf({ onHold: held });
      return {};
    });
    server.on('mic:set', ({ muted }) => {
      this.changeSelf(muted ? { muted } : { muted, mutedByModerator: false });
      return {};
    });
  }

  answerJoin({ media }: PayloadInput<'room:join'>): DataInput<'room:join'> {
    return {
      participantId: this.snapshot.self,
      epoch: this.snapshot.epoch,
      snapshot: structuredClone(this.snapshot),
      routerRtpCapabilities,
      ...(media ? { media: this.#prepare() } : {}),
      ...(this.#held.length > 0 ? { heldConsumers: this.#held } : {}),
    };
  }

  #prepare(): NonNullable<DataInput<'room:join'>['media']> {
    const others = this.snapshot.tracks.filter((track) => track.participantId !== ME);
    return {
      send: this.#newTransport('send'),
      receive: this.#newTransport('receive'),
      ...this.#consume(others.map(({ producerId }) => producerId)),
    };
  }

  #consume(producerIds: string[]): DataInput<'consumer:create'> {
    const answer: DataInput<'consumer:create'> = { consumers: [], failed: [] };
    for (const producerId of producerIds) {
      const slot = producerId.startsWith('slot:');
      if (!slot && !this.snapshot.tracks.some((track) => track.producerId === producerId)) {
        answer.failed.push({ producerId, code: 'NOT_FOUND' });
        continue;
      }
      const consumerId = `consumer-${(this.#made += 1)}`;
      const kind = producerId.startsWith('camera') ? 'video' : 'audio';
      const { rtpParameters } = fakes.generateConsumerRemoteParameters({
        id: consumerId,
        codecMimeType: kind === 'video' ? 'video/VP8' : 'audio/opus',
      });
      this.consumers.set(consumerId, { producerId, resumed: false });
      answer.consumers.push({
        consumerId,
        producerId,
        kind,
        rtpParameters: toWire(RtpParameters, rtpParameters),
      });
    }
    return answer;
  }
}

type Changing =
  | 'room:participant-joined'
  | 'room:participant-changed'
  | 'room:participant-left'
  | 'room:track-published'
  | 'room:track-changed'
  | 'room:track-unpublished'
  | 'room:voice'
  | 'room:changed';
