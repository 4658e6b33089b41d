/** A signed-in person on this device: the connection, the room, and the few requests beside them. */
import { PersonName } from '@veche/protocol';
import type { CallMedia, Data, Room, RoomId, User, UserId } from '@veche/protocol';
import { forget, renew, type Account } from './account.ts';
import type { CallSession, JoinOptions, RoomSession, Session } from './api.ts';
import { Calls } from './calls.ts';
import { Connection } from './connection.ts';
import { RouterDevice } from './device.ts';
import { RequestError } from './errors.ts';
import { Microphone } from './microphone.ts';
import { Observable } from './observable.ts';
import type { Place } from './place.ts';
import type { SessionPorts } from './ports.ts';
import { PresenceWatch } from './presence.ts';
import { JoinedRoom } from './roomSession.ts';

/** At most this long a page goes on with the same token, ms. */
const RENEW_EVERY_MS = 24 * 3600 * 1000;
/** At least so long between two tries, ms. */
const RENEW_AGAIN_MS = 60_000;

const TOKEN_IS_OVER: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'token_expired',
  'token_revoked',
]);

export class SignedInSession implements Session {
  readonly #ports: SessionPorts;
  readonly #connection: Connection;
  readonly #device: RouterDevice;
  readonly #profile: Observable<User>;
  readonly #room = new Observable<RoomSession | null>(null);
  readonly #calls: Calls;
  readonly #presence: PresenceWatch;
  #joined: JoinedRoom | null = null;
  #token: string;
  #cancelRenewal: () => void = () => undefined;

  constructor(account: Account, ports: SessionPorts) {
    this.#ports = ports;
    this.#token = account.token;
    this.#profile = new Observable(account.user);
    this.#device = new RouterDevice(ports.createDevice);
    this.#connection = new Connection({
      origin: ports.origin,
      deviceId: ports.deviceId,
      token: () => this.#token,
      log: ports.log,
      timers: ports.timers,
    });
    const { timers, log, microphones, cameras } = ports;
    const shared = { connection: this.#connection, device: this.#device, timers, log };
    this.#calls = new Calls({ ...shared, microphones, cameras });
    this.#presence = new PresenceWatch(shared);
    this.connection = this.#connection.state;
    this.presence = this.#presence.people;
    this.call = this.#calls.call;
    this.missedCalls = this.#calls.missed;
    this.#calls.occupied.subscribe(this.#holdRoom);
    this.#connection.state.subscribe(this.#followConnection);
    this.#connection.welcome.subscribe(this.#getReady);
    this.#device.warmUp();
    void this.#renew();
    this.#renewLater(account);
  }

  readonly connection;
  readonly presence;
  readonly call;
  readonly missedCalls;
  readonly room = this.#room;

  get profile(): Observable<User> {
    return this.#profile;
  }

  get user(): User {
    return this.#profile.current;
  }

  serverNow(): number {
    return this.#connection.serverNow();
  }

  async listRooms(): Promise<readonly Room[]> {
    return (await this.#connection.request('room:list', {})).rooms;
  }

  async createRoom(options: {
    name: string;
    password?: string;
    visibility?: Room['visibility'];
  }): Promise<Room> {
    return (await this.#connection.request('room:create', options)).room;
  }

  listPeople(
    options: { readonly query?: string; readonly cursor?: string } = {},
  ): Promise<Data<'people:list'>> {
    return this.#connection.request('people:list', options);
  }

  watchPeople(userIds: readonly UserId[]): void {
    this.#presence.watch(userIds);
  }

  placeCall(to: User, media: CallMedia): CallSession {
    return this.#calls.place(to, media);
  }

  dismissCall(): void {
    this.#calls.dismiss();
  }

  listCalls(cursor?: string): Promise<Data<'call:history'>> {
    return this.#calls.list(cursor);
  }

  markCallsSeen(): Promise<void> {
    return this.#calls.markSeen();
  }

  joinRoom(roomId: RoomId, password?: string, options: JoinOptions = {}): RoomSession {
    const former = this.#joined;
    if (former?.roomId === roomId && !former.ended) return former;
    const leaving = former?.leave() ?? null;
    const { microphones, timers, log } = this.#ports;
    const place: Place = {
      roomId,
      entry: { roomId, ...(password === undefined ? {} : { password }) },
      initialMuted: options.initialMuted ?? true,
      pictures: false,
      microphone: new Microphone(microphones, log, timers),
      camera: null,
    };
    const room = new JoinedRoom(place, {
      connection: this.#connection,
      device: this.#device,
      timers,
      log,
    });
    this.#joined = room;
    this.#holdRoom();
    this.#room.set(room);
    room.subscribe(() => {
      if (room.ended && this.#room.current === room) this.#room.set(null);
    });
    // Leaving the same room must not overtake the new join; another room need not wait.
    void room.start(former?.roomId === roomId ? leaving : null);
    return room;
  }

  async rename(name: string): Promise<void> {
    const wanted = PersonName.safeParse(name);
    if (!wanted.success) throw new RequestError('BAD_REQUEST', 'not a name');
    this.#use(await renew(wanted.data, this.#token, this.#ports));
  }

  close(): void {
    this.#cancelRenewal();
    this.#connection.close();
  }

  /** While the person is in a call, the room waits. */
  #holdRoom = (): void => {
    this.#joined?.hold(this.#calls.occupied.current);
  };

  /** In the background: the token at hand is good, only older than it could be. */
  async #renew(): Promise<void> {
    const { name } = this.#profile.current;
    try {
      const account = await renew(name, this.#token, this.#ports);
      // Renamed meanwhile: that answer is the newer one.
      if (this.#profile.current.name === name) this.#use(account);
    } catch (error) {
      this.#ports.log.debug('the token was not renewed', error);
    }
  }

  /** Long before the token at hand is over, so that a few failures do not matter. */
  #renewLater(account: Account): void {
    this.#cancelRenewal();
    const { expiresAt } = account;
    const left = expiresAt === undefined ? Infinity : expiresAt - this.serverNow();
    const delay = Math.min(RENEW_EVERY_MS, Math.max(RENEW_AGAIN_MS, left / 2));
    this.#cancelRenewal = this.#ports.timers.after(delay, () => {
      void this.#renew();
      this.#renewLater(account);
    });
  }

  #use(account: Account): void {
    const { token, user } = account;
    this.#token = token;
    this.#renewLater(account);
    const { id, name } = this.#profile.current;
    if (user.id !== id || user.name !== name) this.#profile.set(user);
  }

  /** Finding out what this browser can do takes a while: better before a join than during it. */
  #getReady = (): void => {
    const capabilities = this.#connection.welcome.current?.routerRtpCapabilities;
    if (!capabilities) return;
    this.#device.load(capabilities).catch((error: unknown) => {
      // A join tries again, and says what is wrong.
      this.#ports.log.debug('the device did not load ahead of a join', error);
    });
  };

  #followConnection = (): void => {
    const { current } = this.#connection.state;
    if (current.phase !== 'ended') return;
    this.#cancelRenewal();
    if (TOKEN_IS_OVER.has(current.reason)) forget(this.#token, this.#ports);
  };
}
