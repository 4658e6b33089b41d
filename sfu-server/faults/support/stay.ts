/** A room in which one talks all the time and the others come and go, for hours. */
import type { RoomId } from '@veche/protocol';
import { TestClient } from '../../test/support/testClient.ts';
import { Member } from './member.ts';

/** Packets of a second: whoever misses more than these in a row has missed a word. */
const PACKETS_PER_SECOND = 50;
/** Looks after the join in which the first packet may come. */
const FIRST_LOOKS = 10;
const TALKER = 0;

interface Listener {
  readonly member: Member;
  /** Of the talker's packets, the last one heard. */
  last: number | null;
  looks: number;
}

/** Comes back as who they were, so that people do not add up. */
interface Identity {
  readonly token: string;
  readonly deviceId: string;
}

export class Stay {
  readonly #url: string;
  readonly #people: number;
  readonly #identities: Identity[] = [];
  readonly #listeners: Listener[] = [];
  #talker: Member | null = null;
  #roomId: RoomId | null = null;
  #next = 0;
  /** How often a listener missed more than a second. */
  gaps = 0;
  readonly failures: unknown[] = [];

  constructor(url: string, people: number) {
    this.#url = url;
    this.#people = people;
  }

  async begin(): Promise<void> {
    const client = await TestClient.connect(this.#url, { name: 'Talker' });
    const { room } = await client.request('room:create', { name: 'Town square' });
    this.#roomId = room.id;
    this.#talker = await Member.join(client, room.id, TALKER);
    this.#talker.talk();
    // One more than there is room for: whoever left last does not come next.
    for (let index = 0; index < this.#people; index++) {
      const guest = await TestClient.connect(this.#url, { name: `Guest ${index}` });
      this.#identities.push({ token: guest.token, deviceId: guest.deviceId });
      guest.disconnect();
    }
    while (this.#listeners.length < this.#people - 1) await this.#enter();
  }

  /** Who is here for the longest time leaves, and another one comes. */
  async exchange(): Promise<void> {
    const listener = this.#listeners.shift();
    if (!listener || this.#roomId === null) return;
    const { member } = listener;
    this.#judge(listener);
    this.failures.push(...member.failures);
    await member.client.request('room:leave', { roomId: this.#roomId });
    member.close();
    member.client.disconnect();
    await this.#enter();
  }

  /** Takes in what was heard since the last look. */
  look(): void {
    for (const listener of this.#listeners) {
      listener.looks++;
      this.#judge(listener);
    }
  }

  close(): void {
    for (const member of [this.#talker, ...this.#listeners.map((listener) => listener.member)]) {
      member?.close();
      member?.client.disconnect();
    }
  }

  async #enter(): Promise<void> {
    const identity = this.#identities[this.#next++ % this.#people];
    if (!identity || this.#roomId === null) return;
    const client = await TestClient.connect(this.#url, { name: 'Guest', ...identity });
    const member = await Member.join(client, this.#roomId, this.#next);
    this.#listeners.push({ member, last: null, looks: 0 });
  }

  #judge(listener: Listener): void {
    const { arrivals } = listener.member;
    // Not kept: hours of them would fill the memory.
    for (const { speaker, count } of arrivals.splice(0)) {
      if (speaker !== TALKER) continue;
      if (listener.last !== null && count - listener.last > PACKETS_PER_SECOND) this.gaps++;
      listener.last = count;
    }
    if (listener.last === null && listener.looks === FIRST_LOOKS) this.gaps++;
  }
}
