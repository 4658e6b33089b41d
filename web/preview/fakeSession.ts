/** A session without a server: every state the client can show, made to order. */
import {
  ParticipantId,
  RoomId,
  type CallMedia,
  type Data,
  type Participant,
  type Person,
  type Room,
  type Snapshot,
  type User,
  type UserId,
} from '@veche/protocol';
import type {
  CallSession,
  ConnectionState,
  MicrophoneProblem,
  RoomSession,
  RoomView,
  Session,
} from '../src/session/api.ts';
import { Observable } from '../src/session/observable.ts';
import { RequestError } from '../src/session/errors.ts';
import { FakeCall } from './fakeCall.ts';
import { fakePeople, NAMES, soon, userId } from './fakePeople.ts';
import type { Scene } from './scenes.ts';

const PAGE = 30;

function person(index: number, self: User): Participant {
  const name = (NAMES[index % NAMES.length] ?? 'Ana').slice(0, 40);
  return {
    id: ParticipantId.parse(`p${index}`),
    number: index + 1,
    user: index === 0 ? self : { id: userId(index), name },
    role: index === 1 ? 'moderator' : 'speaker',
    muted: index % 3 === 0,
    mutedByModerator: false,
    handRaisedAt: null,
    away: index === 6,
    onHold: index === 9,
    joinedAt: index,
  };
}

export const fakeRoom = (id: string, name: string, more: Partial<Room> = {}): Room => ({
  id: RoomId.parse(id),
  name,
  visibility: 'listed',
  hasPassword: false,
  locked: false,
  mode: 'open',
  maxParticipants: 500,
  participantCount: 0,
  createdBy: userId(0),
  createdAt: 0,
  ...more,
});

class FakeRoom extends Observable<RoomView> implements RoomSession {
  readonly voices = new Observable([]);
  readonly timings = {
    joinStarted: null,
    joinAcked: null,
    transportsReady: null,
    firstConsumerResumed: null,
    firstPacket: null,
  };
  readonly #scene: Scene;

  constructor(roomId: RoomId, scene: Scene, user: User) {
    const count = scene.people ?? 5;
    const participants = Array.from({ length: count }, (_, index) => person(index, user));
    const [first] = participants;
    const self = first && {
      ...first,
      muted: scene.muted ?? true,
      mutedByModerator: scene.mutedByModerator ?? false,
      onHold: scene.onHold ?? false,
    };
    const all = self ? [self, ...participants.slice(1)] : participants;
    const snapshot: Snapshot = {
      room: fakeRoom(roomId, scene.roomName ?? 'Sunday meeting', { participantCount: count }),
      revision: 1,
      epoch: 1,
      self: ParticipantId.parse('p0'),
      participants: all,
      tracks: [],
      voice: { mode: 'direct' },
      speakers: [],
      chat: [],
    };
    const status = scene.status ?? { phase: 'joined' };
    const inside = status.phase === 'joined' || status.phase === 'reconnecting';
    super({
      roomId,
      status,
      snapshot: inside ? snapshot : null,
      self: inside ? (self ?? null) : null,
      microphone: scene.microphone ?? { phase: 'live' },
      muted: scene.muted ?? true,
      media: scene.media ?? 'connected',
      hearing: new Set(all.filter(({ muted }) => !muted).map(({ id }) => id)),
      speaking: new Map(
        (scene.speaking ?? [1, 4]).map((index) => [ParticipantId.parse(`p${index}`), -30]),
      ),
    });
    this.#scene = scene;
  }

  #change(change: Partial<RoomView>): void {
    this.set({ ...this.current, ...change });
  }

  async setMuted(muted: boolean): Promise<void> {
    await soon();
    if (this.#scene.refuses) throw new RequestError('FORBIDDEN', 'no');
    const { self, snapshot } = this.current;
    if (!self || !snapshot) return;
    const changed = { ...self, muted, mutedByModerator: false };
    this.#change({
      muted,
      self: changed,
      snapshot: {
        ...snapshot,
        participants: snapshot.participants.map((p) => (p.id === self.id ? changed : p)),
      },
    });
  }

  async openMicrophone(): Promise<void> {
    this.#change({ microphone: { phase: 'opening' } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    this.#change({ microphone: { phase: 'live' } });
  }

  leave(): Promise<void> {
    this.#change({ status: { phase: 'ended', reason: 'left' } });
    return soon();
  }

  level(id: ParticipantId): number {
    if (!this.current.speaking.has(id)) return 0;
    return 0.5 + 0.45 * Math.sin(performance.now() / 170 + id.length);
  }

  /** For somebody at the console: one more, one fewer. */
  arrive(count: number): void {
    const { snapshot, self } = this.current;
    if (!snapshot || !self) return;
    const participants = Array.from(
      { length: count },
      (_, index) => snapshot.participants[index] ?? person(index, self.user),
    );
    this.#change({ snapshot: { ...snapshot, participants } });
  }
}

export class FakeSession implements Session {
  readonly profile: Observable<User>;
  readonly connection: Observable<ConnectionState>;
  readonly room = new Observable<FakeRoom | null>(null);
  readonly call = new Observable<FakeCall | null>(null);
  readonly presence = new Observable<ReadonlyMap<UserId, Person>>(new Map());
  readonly missedCalls: Observable<number>;
  readonly #scene: Scene;

  constructor(name: string, scene: Scene) {
    this.profile = new Observable<User>({ id: userId(0), name });
    this.#scene = scene;
    this.connection = new Observable<ConnectionState>(scene.connection ?? { phase: 'online' });
    this.missedCalls = new Observable(scene.missed ?? 0);
    if (scene.call) {
      const { own = false, picture = false, ...view } = scene.call;
      this.call.set(new FakeCall(view, own, picture));
    }
  }

  get user(): User {
    return this.profile.current;
  }

  async listRooms(): Promise<readonly Room[]> {
    const rooms = this.#scene.rooms ?? [];
    if (rooms === 'never') return new Promise<never>(() => undefined);
    if (rooms === 'fails') throw RequestError.offline('room:list');
    return rooms;
  }

  async createRoom({ name }: { name: string }): Promise<Room> {
    await soon();
    if (this.#scene.refuses) throw new RequestError('RATE_LIMITED', 'slow down');
    return fakeRoom('created', name);
  }

  joinRoom(roomId: RoomId): RoomSession {
    const room = new FakeRoom(roomId, this.#scene, this.user);
    this.room.set(room);
    return room;
  }

  async listPeople({ query = '', cursor = '0' } = {}): Promise<Data<'people:list'>> {
    await soon();
    const everybody = this.#scene.everybody ?? fakePeople(7);
    if (everybody === 'never') return new Promise<never>(() => undefined);
    if (everybody === 'fails') throw RequestError.offline('people:list');
    const part = query.toLocaleLowerCase();
    const found = everybody.filter(({ name }) => name.toLocaleLowerCase().includes(part));
    const start = Number(cursor);
    const people = found.slice(start, start + PAGE);
    return start + PAGE < found.length ? { people, next: String(start + PAGE) } : { people };
  }

  watchPeople(userIds: readonly UserId[]): void {
    console.debug('watching', userIds.length);
  }

  async listCalls(): Promise<Data<'call:history'>> {
    await soon();
    const calls = this.#scene.calls ?? [];
    if (calls === 'never') return new Promise<never>(() => undefined);
    if (calls === 'fails') throw RequestError.offline('call:history');
    return { entries: [...calls] };
  }

  markCallsSeen(): Promise<void> {
    this.missedCalls.set(0);
    return soon();
  }

  placeCall(peer: User, media: CallMedia): CallSession {
    const call = new FakeCall({ peer, media }, media === 'video');
    this.call.set(call);
    call.play();
    return call;
  }

  dismissCall(): void {
    this.call.set(null);
  }

  async rename(name: string): Promise<void> {
    await soon();
    this.profile.set({ ...this.user, name: name.trim() });
  }

  serverNow(): number {
    return Date.now();
  }

  close(): void {
    this.connection.set({ phase: 'ended', reason: 'signed_out' });
  }
}

export const listenOnly = (problem: MicrophoneProblem) =>
  ({ phase: 'listen_only', problem }) as const;
