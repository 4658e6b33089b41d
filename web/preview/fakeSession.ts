/** A session without a server: every state the client can show, made to order. */
import type { CallMedia, Data, Person, Room, RoomId, User, UserId } from '@veche/protocol';
import type {
  CallSession,
  ConnectionState,
  MicrophoneProblem,
  RoomSession,
  Session,
} from '../src/session/api.ts';
import { Observable } from '../src/session/observable.ts';
import { RequestError } from '../src/session/errors.ts';
import { FakeCall } from './fakeCall.ts';
import { fakePeople, soon, userId } from './fakePeople.ts';
import { FakeRoom, fakeRoom } from './fakeRoom.ts';
import type { Scene } from './scenes.ts';

const PAGE = 30;

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
