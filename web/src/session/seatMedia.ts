/** The media of one seat and epoch: a path each way, own tracks on one, those of others on the other. */
import { RtpCapabilities } from '@veche/protocol';
import type { Data, ParticipantId, RoomId } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import type { MediaPath } from './api.ts';
import type { Connection } from './connection.ts';
import { Consumers } from './consumers.ts';
import { isUnsupported, type RouterDevice } from './device.ts';
import { Path } from './path.ts';
import type { Log, Timers } from './ports.ts';
import { Publishing, type Outgoing } from './publishing.ts';
import type { Wish } from './subscriptions.ts';
import { Suspects } from './suspects.ts';
import { toWire } from './wire.ts';

/** What media belongs to: with another one, all of it is gone on the server. */
export interface Seat {
  readonly participantId: ParticipantId;
  readonly epoch: number;
  readonly routerRtpCapabilities: RtpCapabilities;
}

/** Made by the server together with the join. */
export type Prepared = NonNullable<Data<'room:join'>['media']>;

/** What is to be sent and heard, whatever the seat. */
export interface Intent {
  readonly outgoing: Outgoing;
  readonly wish: Wish;
}

export interface SeatMediaPorts {
  readonly roomId: RoomId;
  readonly connection: Connection;
  readonly device: RouterDevice;
  /** Connected, and joined on this connection. */
  readonly online: () => boolean;
  /** The server does not know this media any more: join again. */
  readonly lost: () => void;
  /** This browser cannot take part. */
  readonly unsupported: () => void;
  readonly changed: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

export class SeatMedia {
  readonly #ports: SeatMediaPorts;
  readonly #seat: Seat;
  readonly #send: Path;
  readonly #receive: Path;
  readonly #suspects: Suspects;
  #intent: Intent;
  #prepared: Prepared | null = null;
  #publishing: Publishing | null = null;
  #consumers: Consumers | null = null;

  constructor(seat: Seat, intent: Intent, ports: SeatMediaPorts) {
    const { connection } = ports;
    this.#ports = ports;
    this.#seat = seat;
    this.#intent = intent;
    this.#suspects = new Suspects(ports.timers);
    const path = {
      ...ports,
      epoch: seat.epoch,
      device: () => this.#loadDevice(),
      request: connection.request,
      doubt: connection.doubt,
      iceServers: () => connection.welcome.current?.iceServers ?? [],
    };
    this.#send = new Path('send', path, this.#publishOn);
    this.#receive = new Path('receive', path, this.#consumeOn);
  }

  /** Both at once: listening does not wait for the microphone. */
  open(prepared: Prepared | null): void {
    this.#prepared = prepared;
    this.#receive.open(prepared?.receive ?? null);
    this.#send.open(prepared?.send ?? null);
  }

  get state(): MediaPath {
    return together(this.#send.state, this.#receive.state);
  }

  get ready(): boolean {
    return this.#send.ready && this.#receive.ready;
  }

  get listening(): boolean {
    return this.#receive.ready;
  }

  get publishing(): Publishing | null {
    return this.#publishing;
  }

  get consumers(): Consumers | null {
    return this.#consumers;
  }

  async statistics(): Promise<readonly RTCStatsReport[]> {
    const reports = await Promise.all([this.#send.statistics(), this.#receive.statistics()]);
    return reports.filter((report) => report !== null);
  }

  publish(intent: Intent): void {
    this.#intent = intent;
    this.#publishing?.set(intent.outgoing);
  }

  want(intent: Intent): void {
    this.#intent = intent;
    this.#consumers?.want(intent.wish);
  }

  /** Joined again with the same seat and epoch: all that is still there is kept. */
  rejoined(): void {
    this.#send.rejoined();
    this.#receive.rejoined();
    this.#publishing?.retry();
    this.#consumers?.rejoined();
  }

  /** The server dropped a producer. */
  unpublished(): void {
    this.#send.failed(new Error('the track is gone'));
  }

  close(): void {
    this.#send.close();
    this.#receive.close();
  }

  async #loadDevice(): Promise<types.Device> {
    try {
      return await this.#ports.device.load(this.#seat.routerRtpCapabilities);
    } catch (error) {
      if (isUnsupported(error)) this.#ports.unsupported();
      throw error;
    }
  }

  #publishOn = (transport: types.Transport, device: types.Device): Publishing => {
    const { request } = this.#ports.connection;
    const publishing = new Publishing(transport, device, {
      ...this.#ports,
      request,
      path: this.#send,
    });
    this.#publishing = publishing;
    this.publish(this.#intent);
    return publishing;
  };

  #consumeOn = (transport: types.Transport, device: types.Device): Consumers => {
    const consumers = new Consumers(transport, {
      ...this.#ports,
      request: this.#ports.connection.request,
      rtpCapabilities: toWire(RtpCapabilities, device.recvRtpCapabilities),
      path: this.#receive,
      suspects: this.#suspects,
      prepared: transport.id === this.#prepared?.receive.id ? this.#prepared.consumers : [],
    });
    this.#consumers = consumers;
    this.want(this.#intent);
    return consumers;
  };
}

/** The worse of two, where one that is not used yet does not count. */
function together(a: MediaPath, b: MediaPath): MediaPath {
  for (const state of ['interrupted', 'connecting', 'connected'] as const) {
    if (a === state || b === state) return state;
  }
  return 'idle';
}
