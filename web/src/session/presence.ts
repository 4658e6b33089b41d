/** Follows the presence of the people who are looked at, over reconnects. */
import { MAX_IDS_PER_REQUEST } from '@veche/protocol';
import type { Person, UserId } from '@veche/protocol';
import { Backoff, SIGNALLING_JITTER, SIGNALLING_STEPS } from './backoff.ts';
import type { Connection } from './connection.ts';
import { Observable, sameItems } from './observable.ts';
import { pause, type Log, type Timers } from './ports.ts';
import type { AnyNotice } from './wire.ts';

export interface PresencePorts {
  readonly connection: Connection;
  readonly timers: Timers;
  readonly log: Log;
}

export class PresenceWatch {
  readonly #ports: PresencePorts;
  readonly #people = new Observable<ReadonlyMap<UserId, Person>>(new Map());
  readonly #backoff: Backoff;
  #watched: readonly UserId[] = [];
  /** The list that this connection of the server was told. */
  #told: readonly UserId[] | null = null;
  #telling = false;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
    this.#backoff = new Backoff(ports.timers, SIGNALLING_STEPS, SIGNALLING_JITTER);
    ports.connection.listen(this.#heard);
  }

  readonly people = this.#people;

  /** The newest list counts; of a longer one than the server takes, its beginning. */
  watch(userIds: readonly UserId[]): void {
    const watched = [...new Set(userIds)].slice(0, MAX_IDS_PER_REQUEST);
    if (sameItems(watched, this.#watched)) return;
    this.#watched = watched;
    const kept = watched.flatMap((id) => this.#people.current.get(id) ?? []);
    if (kept.length < this.#people.current.size) this.#show(kept);
    void this.#tell();
  }

  #heard = (notice: AnyNotice): void => {
    if (notice.name === 'welcome') {
      // A connection starts without a list.
      this.#told = [];
      void this.#tell();
    } else if (notice.name === 'presence:changed') {
      this.#learn(notice.payload.people);
    }
  };

  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#isBehind()) await this.#tryOnce();
    this.#telling = false;
  }

  #isBehind(): boolean {
    const { connection } = this.#ports;
    return connection.online && this.#told !== null && !sameItems(this.#told, this.#watched);
  }

  async #tryOnce(): Promise<void> {
    const { connection, timers, log } = this.#ports;
    const userIds = this.#watched;
    const welcome = connection.welcome.current;
    try {
      const { people } = await connection.request('people:watch', { userIds: [...userIds] });
      this.#backoff.reset();
      if (connection.welcome.current !== welcome) return;
      this.#told = userIds;
      this.#learn(people);
    } catch (error) {
      if (!connection.online) return;
      log.warn('people:watch failed', error);
      await pause(timers, this.#backoff.next());
    }
  }

  #learn(people: readonly Person[]): void {
    const known = new Map(this.#people.current);
    for (const person of people) known.set(person.id, person);
    this.#show(this.#watched.flatMap((id) => known.get(id) ?? []));
  }

  #show(people: readonly Person[]): void {
    this.#people.set(new Map(people.map((person) => [person.id, person])));
  }
}
