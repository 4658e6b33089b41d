/** When a transport loses its path: ICE restarts at fixed times, then it is given up. */
import type { types } from 'mediasoup-client';
import type { Timers } from './ports.ts';

/** Counted from the moment the path is believed lost. */
const RESTART_AT_MS = [0, 2000, 6000] as const;
const GIVE_UP_AT_MS = 10_000;
/** A single lost check can make it `disconnected` for a moment. */
const DISCONNECTED_GRACE_MS = 3000;
/** Time for the first connection, a fallback to TCP included. */
const CONNECTING_GRACE_MS = 10_000;

export interface IceRecoveryPorts {
  /** Never rejects. */
  readonly restart: () => Promise<void>;
  readonly giveUp: () => void;
  readonly online: () => boolean;
  readonly timers: Timers;
}

export class IceRecovery {
  readonly #ports: IceRecoveryPorts;
  #timers: (() => void)[] = [];
  #recovering = false;
  #restarting = false;
  #silent = false;

  constructor(ports: IceRecoveryPorts) {
    this.#ports = ports;
  }

  follow(state: types.ConnectionState): void {
    if (state === 'failed') this.#startIn(0);
    else if (state === 'disconnected') this.#startIn(DISCONNECTED_GRACE_MS);
    else if (state === 'connecting') this.#startIn(CONNECTING_GRACE_MS);
    else this.close();
  }

  /** Nothing arrives any more, whatever the state still is. */
  silent(): void {
    this.#silent = true;
    this.#startIn(0);
  }

  /** Something arrives again. */
  heard(): void {
    this.#silent = false;
    this.close();
  }

  /** Signalling is back; what was missed while it was away is done now. */
  check(state: types.ConnectionState): void {
    this.close();
    this.follow(this.#silent || state === 'disconnected' ? 'failed' : state);
  }

  close(): void {
    this.#recovering = false;
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }

  #startIn(graceMs: number): void {
    if (this.#recovering) return;
    this.close();
    this.#at(graceMs, () => {
      this.#recovering = true;
      for (const ms of RESTART_AT_MS) {
        this.#at(ms, () => {
          void this.#restart();
        });
      }
      this.#at(GIVE_UP_AT_MS, () => {
        this.close();
        // Without signalling nothing can be built; `check` takes it up again.
        if (this.#ports.online()) this.#ports.giveUp();
      });
    });
  }

  #at(ms: number, run: () => void): void {
    if (ms === 0) run();
    else this.#timers.push(this.#ports.timers.after(ms, run));
  }

  async #restart(): Promise<void> {
    if (this.#restarting || !this.#ports.online()) return;
    this.#restarting = true;
    await this.#ports.restart();
    this.#restarting = false;
  }
}
