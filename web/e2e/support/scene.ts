/**
 * Where the tests of a file play: one browser for all of them, a server for each, that knows nobody
 * of the others' Anas and Bos, and those who came. Everybody who came leaves after the test, and no
 * page may have seen an error.
 */
import type { RoomId } from '@veche/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { RawPeer } from '../../../sfu-server/test/support/rawPeer.ts';
import { startTestServer } from '../../../sfu-server/test/support/testServer.ts';
import type { TestServer } from '../../../sfu-server/test/support/testServer.ts';
import { launchBrowser } from './browser.ts';
import { Caller } from './caller.ts';
import { BINS, Person } from './person.ts';
import type { PersonOptions } from './person.ts';

type TestSettings = Parameters<typeof startTestServer>[0];
/** One person for each name. */
type People<Names extends readonly string[]> = { [Name in keyof Names]: Person };

export class Scene {
  #browser: Browser | null = null;
  #server: TestServer | null = null;
  readonly #leaving = new Set<Person | Caller>();
  readonly #peers = new Set<RawPeer>();

  get server(): TestServer {
    if (!this.#server) throw new Error('no server outside of a test');
    return this.#server;
  }

  /** Of the start page. */
  get url(): string {
    return `http://localhost:${this.server.running.port}`;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('no browser outside of the tests');
    return this.#browser;
  }

  async open(): Promise<void> {
    this.#browser = await launchBrowser();
  }

  async begin(settings: TestSettings): Promise<void> {
    this.#server = await startTestServer(settings);
  }

  async end(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    this.#peers.clear();
    for (const person of this.#leaving) await this.leave(person);
    await this.server.stop();
    this.#server = null;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.#browser = null;
  }

  /** Somebody at a page of their own, not yet signed in. */
  async arrive(name: string, bin: number, options?: PersonOptions): Promise<Person> {
    const person = await Person.arrive(this.browser, name, bin, options);
    this.#leaving.add(person);
    return person;
  }

  /** The same with a camera and eyes. */
  async arriveToCall(name: string, bin: number, options?: PersonOptions): Promise<Caller> {
    const caller = await Caller.arrive(this.browser, name, bin, options);
    this.#leaving.add(caller);
    return caller;
  }

  /** The same, signed in. */
  async callable(name: string, bin: number, options?: PersonOptions): Promise<Caller> {
    const caller = await this.arriveToCall(name, bin, options);
    await caller.signIn(this.url);
    return caller;
  }

  /** Two in a call, who hear each other. */
  async talk(media: 'audio' | 'video', ana: Caller, bo: Caller): Promise<void> {
    await ana.call(bo.name, media);
    await bo.isIn('ringing');
    await bo.press(media === 'video' ? 'Answer with video' : 'Answer');
    for (const person of [ana, bo]) await person.isIn('active');
    await ana.hearsOnly([bo.person.bin]);
    await bo.hearsOnly([ana.person.bin]);
  }

  /** Before the end of the test. */
  async leave(person: Person | Caller): Promise<void> {
    this.#leaving.delete(person);
    await person.leaveBrowser();
  }

  /** A participant without a browser. */
  async joinRaw(name: string, roomId: RoomId): Promise<RawPeer> {
    const peer = await RawPeer.join(await this.server.connect(name), roomId);
    this.#peers.add(peer);
    return peer;
  }

  /** The first creates a room, the others open its link, and all speak, each with the next of `BINS`. */
  async meet<const Names extends readonly string[]>(...names: Names): Promise<People<Names>> {
    const people: Person[] = [];
    let link = this.url;
    for (const [index, name] of names.entries()) {
      const person = await this.arrive(name, BINS[index] ?? 0);
      await person.signIn(link);
      if (index === 0) link = await person.createRoom('Town square');
      else await person.isInRoom();
      await person.unmute();
      people.push(person);
    }
    return people as People<Names>;
  }
}

/** For the top of a file of tests. @param settings of the server of each test */
export const setScene = (settings: TestSettings = {}): Scene => {
  const scene = new Scene();
  beforeAll(() => scene.open());
  beforeEach(() => scene.begin(settings));
  afterEach(() => scene.end());
  afterAll(() => scene.close());
  return scene;
};
