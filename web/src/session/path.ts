/** One direction's transport, kept alive: built, watched, and built again when it is lost. */
import type { Data, Notice, RoomId } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import type { MediaPath } from './api.ts';
import { Backoff, REBUILD_STEPS } from './backoff.ts';
import { isMediaGone, RequestError } from './errors.ts';
import { IceRecovery } from './iceRecovery.ts';
import { pause, type Log, type Timers } from './ports.ts';
import { watchSilence } from './silence.ts';
import { answerTransport } from './transportRequests.ts';
import type { SendRequest } from './wire.ts';

export interface PathPorts {
  readonly roomId: RoomId;
  readonly epoch: number;
  readonly device: () => Promise<types.Device>;
  readonly request: SendRequest;
  readonly online: () => boolean;
  readonly iceServers: () => Notice<'welcome'>['iceServers'];
  /** A request that should be answered soon, or the connection is not what it seems. */
  readonly doubt: (asked: Promise<unknown>) => void;
  /** The server no longer knows this media: join again, then call `rejoined`. */
  readonly lost: () => void;
  readonly changed: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

/** What lives on a transport; closed before it. */
export interface Attached {
  close(): void;
}

/** How it speaks to the path of its transport. */
export type AttachedTo = Pick<Path, 'failed' | 'healthy'>;

type Attach = (transport: types.Transport, device: types.Device) => Attached;

interface Live {
  readonly transport: types.Transport;
  readonly recovery: IceRecovery;
  readonly stopWatching: () => void;
  readonly attached: Attached;
}

export class Path {
  readonly #direction: 'send' | 'receive';
  readonly #ports: PathPorts;
  readonly #attach: Attach;
  readonly #backoff: Backoff;
  /** What the join brought along; good for the first transport. */
  #offered: Data<'transport:create'> | null = null;
  #live: Live | null = null;
  #building = false;
  #wasLive = false;
  #closed = false;

  constructor(direction: 'send' | 'receive', ports: PathPorts, attach: Attach) {
    this.#direction = direction;
    this.#ports = ports;
    this.#attach = attach;
    this.#backoff = new Backoff(ports.timers, REBUILD_STEPS);
  }

  get ready(): boolean {
    return this.#live !== null;
  }

  get state(): MediaPath {
    if (!this.#live) return this.#wasLive ? 'interrupted' : 'idle';
    switch (this.#live.transport.connectionState) {
      case 'connected':
      case 'connecting':
        return this.#live.transport.connectionState;
      case 'new':
        return 'idle';
      case 'disconnected':
      case 'failed':
      case 'closed':
        return 'interrupted';
    }
  }

  open(offered: Data<'transport:create'> | null): void {
    this.#offered = offered;
    void this.#build();
  }

  /** Joined again with the same epoch: go on with what was interrupted. */
  rejoined(): void {
    if (this.#live) this.#live.recovery.check(this.#live.transport.connectionState);
    else void this.#build();
  }

  /** Null while there is no transport. */
  async statistics(): Promise<RTCStatsReport | null> {
    return (await this.#live?.transport.getStats()) ?? null;
  }

  /** It does its work; the next trouble is a new one. */
  healthy(): void {
    this.#backoff.reset();
  }

  /**
   * Something on the transport failed half-way. mediasoup-client cannot roll back (its issue 371),
   * so the transport is of no more use.
   */
  failed(error: unknown): void {
    if (this.#isClosed()) return;
    this.#ports.log.warn(`${this.#direction} transport failed`, error);
    this.#drop();
    void this.#build(error);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #drop(): void {
    const live = this.#live;
    if (!live) return;
    this.#live = null;
    live.stopWatching();
    live.recovery.close();
    live.attached.close();
    live.transport.close();
    this.#ports.changed();
  }

  /** Goes on until there is a transport, or until only joining again can help. */
  async #build(error?: unknown): Promise<void> {
    if (this.#building) return;
    this.#building = true;
    let trouble = error;
    while (!this.#isClosed() && !this.#live && this.#ports.online()) {
      const waitMs = this.#backoff.next();
      if (waitMs > 0) await pause(this.#ports.timers, waitMs);
      if (this.#isClosed()) break;
      if (isMediaGone(trouble)) {
        this.#ports.lost();
        break;
      }
      try {
        await this.#create();
      } catch (refusal) {
        trouble = refusal;
        this.#ports.log.warn(`no ${this.#direction} transport`, refusal);
      }
    }
    this.#building = false;
  }

  async #create(): Promise<void> {
    const { device, request, roomId, epoch } = this.#ports;
    const offered = this.#offered;
    this.#offered = null;
    const [made, loaded] = await Promise.all([
      offered ?? request('transport:create', { roomId, epoch, direction: this.#direction }),
      // Loading keeps the page busy for a while; both requests are to be on their way before.
      Promise.resolve().then(device),
    ]);
    // If of no use any more, the server closes it with the epoch or the next of its direction.
    if (!this.#isClosed()) this.#use(loaded, made);
  }

  #use(device: types.Device, made: Data<'transport:create'>): void {
    const options = { ...made, iceServers: this.#ports.iceServers() };
    const transport =
      this.#direction === 'send'
        ? device.createSendTransport(options)
        : device.createRecvTransport(options);
    const recovery = new IceRecovery({
      restart: () => this.#restartIce(transport),
      giveUp: () => {
        this.failed(new Error('no path'));
      },
      online: this.#ports.online,
      timers: this.#ports.timers,
    });
    this.#listen(transport, recovery);
    const stopWatching = this.#watch(transport, recovery);
    this.#wasLive = true;
    this.#live = { transport, recovery, stopWatching, attached: this.#attach(transport, device) };
    this.#ports.changed();
  }

  #watch(transport: types.Transport, recovery: IceRecovery): () => void {
    const { timers, log } = this.#ports;
    return watchSilence({
      report: async () => (isUp(transport) ? transport.getStats() : null),
      silent: () => {
        log.warn(`nothing arrives on the ${this.#direction} transport`);
        recovery.silent();
      },
      heard: () => {
        recovery.heard();
      },
      timers,
    });
  }

  #listen(transport: types.Transport, recovery: IceRecovery): void {
    answerTransport(transport, this.#ports.request, (error) => {
      if (!transport.closed) this.failed(error);
    });
    transport.on('connectionstatechange', (state) => {
      recovery.follow(state);
      if (state === 'connected') this.healthy();
      this.#ports.changed();
    });
  }

  async #restartIce(transport: types.Transport): Promise<void> {
    try {
      const asked = this.#ports.request('transport:restart-ice', { transportId: transport.id });
      this.#ports.doubt(asked);
      const { iceParameters } = await asked;
      if (transport.closed) return;
      const iceServers = this.#ports.iceServers();
      if (iceServers.length > 0) await transport.updateIceServers({ iceServers });
      await transport.restartIce({ iceParameters });
    } catch (error) {
      if (transport.closed) return;
      this.#ports.log.warn('ICE restart failed', error);
      // Everything else is tried again at the next of the fixed times.
      if (isMediaGone(error) || isTooOften(error)) this.failed(error);
    }
  }
}

const isUp = ({ connectionState }: types.Transport): boolean =>
  connectionState === 'connected' || connectionState === 'disconnected';

/** To ask again would cost the connection in the end; another transport may be had at once. */
const isTooOften = (error: unknown): boolean =>
  error instanceof RequestError && error.code === 'RATE_LIMITED';

/** The signal was lost meanwhile: the next join goes on. */
export const isOffline = (error: unknown): boolean =>
  error instanceof RequestError && !error.answered;
