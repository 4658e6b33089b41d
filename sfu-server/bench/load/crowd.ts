/** A room of any size: some listeners by WebRTC, all others by plain SRTP into one socket. */
import { Delivery } from './delivery.ts';
import { addListeners, leaveAll, openRoom } from './people.ts';
import type { BenchRoom, Posture, RoomPerson } from './people.ts';
import type { Rig } from './rig.ts';
import { UdpSink } from './sink.ts';

export interface CrowdOptions {
  readonly posture: Posture;
  readonly speakers: number;
  /** Listeners by WebRTC, who stay. */
  readonly webRtc: number;
  /** Those who speak are the first of the others; unless given, they only speak. */
  readonly speakersListen?: boolean;
}

export class Crowd {
  readonly delivery: Delivery;
  readonly talkers: BenchRoom['talkers'];
  readonly #rig: Rig;
  readonly #room: BenchRoom;
  readonly #people: readonly RoomPerson[];
  readonly #sink: UdpSink;
  /** The one where all send, and those that the room has spread to. */
  readonly #routerIds: readonly string[];
  readonly #of: 'slots' | 'microphones';
  readonly #speaking: number;
  #plain = 0;

  private constructor(
    rig: Rig,
    room: BenchRoom,
    people: readonly RoomPerson[],
    sink: UdpSink,
    routerIds: readonly string[],
    delivery: Delivery,
    { posture, speakersListen, speakers }: CrowdOptions,
  ) {
    this.#rig = rig;
    this.#room = room;
    this.#people = people;
    this.#sink = sink;
    this.#routerIds = routerIds;
    this.#of = posture === 'slots' ? 'slots' : 'microphones';
    this.#speaking = speakersListen === true ? speakers : 0;
    this.delivery = delivery;
    this.talkers = room.talkers;
  }

  static async gather(rig: Rig, options: CrowdOptions): Promise<Crowd> {
    const { posture, speakers, webRtc } = options;
    const delivery = new Delivery();
    const room = await openRoom(rig.url, posture, speakers);
    const home = await rig.channel.ask('newestRouter', null);
    const people = await addListeners(rig.url, room, webRtc, delivery);
    const newest = await rig.channel.ask('newestRouter', null);
    const routerIds = [...new Set([home.routerId, newest.routerId])];
    const sink = await UdpSink.open();
    sink.countInto(delivery);
    return new Crowd(rig, room, people, sink, routerIds, delivery, options);
  }

  get listeners(): number {
    return this.#people.length + this.#plain;
  }

  get routers(): number {
    return this.#routerIds.length;
  }

  /** Those by plain SRTP come and go, alike on every router; those by WebRTC stay. */
  async resize(listeners: number): Promise<void> {
    const wanted = Math.max(0, listeners - this.#people.length);
    const change = Math.ceil(wanted / this.routers) - Math.ceil(this.#plain / this.routers);
    const { channel } = this.#rig;
    for (const routerId of this.#routerIds) {
      if (change > 0) {
        const to = { of: this.#of, speaking: this.#speaking, sink: this.#sink.address };
        await channel.ask('addListeners', { ...to, routerId, count: change });
      } else if (change < 0) {
        await channel.ask('dropListeners', { routerId, count: -change });
      }
    }
    this.#plain = Math.ceil(wanted / this.routers) * this.routers;
  }

  async leave(): Promise<void> {
    await this.resize(0);
    await leaveAll([...this.#people, ...this.#room.people]);
    this.#sink.close();
  }
}
