/** Who is online, and who wants to know. */
import type { DataInput, DeviceId, Payload, Person, Presence, UserId } from '@veche/protocol';
import type { Logger } from 'pino';
import { connect, devicesOf, disconnect, isOnline } from '../domain/presence.ts';
import type { Connected, PresenceState } from '../domain/presence.ts';
import { addressKey } from './ports.ts';
import type { Address, Notifier, PeopleStore, Timers } from './ports.ts';

/** Changes are collected this long, so that a burst is one notice. */
const COALESCE_MS = 100;
/** Where the names cannot be read, it is tried again after this time. */
const RETRY_MS = 1000;
const DEFAULT_PAGE = 50;

export interface PresenceServiceParts {
  readonly people: PeopleStore;
  readonly notifier: Notifier;
  readonly timers: Timers;
  readonly log: Logger;
  /** In a call, or ringing. */
  readonly isBusy: (userId: UserId) => boolean;
}

interface Watch {
  readonly device: Address;
  readonly userIds: ReadonlySet<UserId>;
}

export class PresenceService {
  readonly #parts: PresenceServiceParts;
  readonly #watches = new Map<string, Watch>();
  readonly #changed = new Set<UserId>();
  #state: PresenceState = new Map();
  #cancelFlush: (() => void) | null = null;

  constructor(parts: PresenceServiceParts) {
    this.#parts = parts;
  }

  connect({ userId, deviceId }: Address, generation: number): Connected {
    const connected = connect(this.#state, userId, deviceId, generation);
    this.#state = connected.state;
    if (connected.cameOnline) this.changed(userId);
    return connected;
  }

  /** False where a newer connection of this device exists: then nothing must follow from it. */
  disconnect(address: Address, generation: number): boolean {
    const { userId, deviceId } = address;
    const { state, current, wentOffline } = disconnect(this.#state, userId, deviceId, generation);
    this.#state = state;
    if (current) this.#watches.delete(addressKey(address));
    if (wentOffline) this.changed(userId);
    return current;
  }

  devicesOf(userId: UserId): DeviceId[] {
    return devicesOf(this.#state, userId);
  }

  of(userId: UserId): Presence {
    // Somebody whose signal is lost in a call still is in it.
    if (this.#parts.isBusy(userId)) return 'busy';
    return isOnline(this.#state, userId) ? 'online' : 'offline';
  }

  list({ query, cursor, limit }: Payload<'people:list'>): DataInput<'people:list'> {
    const page = this.#parts.people.search(query ?? '', cursor, limit ?? DEFAULT_PAGE);
    return { ...page, people: page.people.map((user) => this.#person(user)) };
  }

  watch(device: Address, userIds: readonly UserId[]): DataInput<'people:watch'> {
    this.#watches.set(addressKey(device), { device, userIds: new Set(userIds) });
    return { people: this.#people(userIds) };
  }

  /** Somebody's presence or name is another one now. */
  changed(userId: UserId): void {
    this.#changed.add(userId);
    this.#flushAfter(COALESCE_MS);
  }

  #flushAfter(ms: number): void {
    this.#cancelFlush ??= this.#parts.timers.after(ms, () => {
      this.#cancelFlush = null;
      try {
        this.#flush();
      } catch (error) {
        // What cannot be read must not end the server; some are told twice.
        this.#parts.log.error({ err: error }, 'Presence not told');
        this.#flushAfter(RETRY_MS);
      }
    });
  }

  #flush(): void {
    const changed = [...this.#changed];
    for (const { device, userIds } of this.#watches.values()) {
      const theirs = changed.filter((id) => userIds.has(id));
      if (theirs.length === 0) continue;
      this.#parts.notifier.toDevice(device, 'presence:changed', { people: this.#people(theirs) });
    }
    this.#changed.clear();
  }

  #people(ids: readonly UserId[]): Person[] {
    return this.#parts.people.getMany(ids).map((user) => this.#person(user));
  }

  #person(user: { id: UserId; name: string }): Person {
    return { ...user, presence: this.of(user.id) };
  }
}
