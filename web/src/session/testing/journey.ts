/** A whole client on a scripted server with one room. */
import { RoomId } from '@veche/protocol';
import type { JoinOptions, RoomSession, Session } from '../api.ts';
import { startSession } from '../index.ts';
import { silentLog, type CreateDevice } from '../ports.ts';
import { FakeBrowser } from './fakeBrowser.ts';
import { FakeRoom, ROOM_ID } from './fakeRoom.ts';
import { ScriptedServer } from './scriptedServer.ts';
import { fastTimers } from './until.ts';

export class Journey {
  server: ScriptedServer;
  room: FakeRoom;
  readonly browser = new FakeBrowser();
  session: Session;
  readonly #createDevice: CreateDevice;

  static async start(createDevice?: CreateDevice): Promise<Journey> {
    return new Journey(await ScriptedServer.start(), createDevice);
  }

  private constructor(server: ScriptedServer, createDevice?: CreateDevice) {
    this.server = server;
    this.room = new FakeRoom(server);
    this.#createDevice = createDevice ?? this.browser.createDevice;
    this.session = this.#startSession();
  }

  #startSession(): Session {
    return startSession(
      { token: 'token', user: { id: 'user-me', name: 'Ana' } as Session['user'] },
      {
        origin: this.server.origin,
        deviceId: 'device-of-test',
        store: { read: () => null, write: () => undefined },
        fetch: () => Promise.reject(new Error('offline')),
        createDevice: this.#createDevice,
        microphones: this.browser,
        cameras: this.browser.cameras,
        log: silentLog,
        timers: fastTimers(),
      },
    );
  }

  /** The page is loaded again. */
  reload(): void {
    this.session.close();
    this.session = this.#startSession();
  }

  join(options?: JoinOptions): RoomSession {
    return this.session.joinRoom(RoomId.parse(ROOM_ID), undefined, options);
  }

  /** The server dies and another one comes up in its place, knowing nothing. */
  async restartServer(): Promise<void> {
    const { port } = this.server;
    await this.server.stop();
    this.server = await ScriptedServer.start(port);
    if (this.server.welcome) this.server.welcome.bootId = 'boot-2';
    this.room = new FakeRoom(this.server);
  }

  async end(): Promise<void> {
    this.session.close();
    await this.server.stop();
  }
}
