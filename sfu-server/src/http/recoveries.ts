/** Counts what went wrong and was made good again, or ended: an operator's view of faults. */
import type { ErrorCode, LeaveReason, MediaResetReason, RemovedReason } from '@veche/protocol';
import { Counter } from 'prom-client';

const counter = <Label extends string>(
  name: string,
  help: string,
  ...labelNames: Label[]
): Counter<Label> => new Counter({ name: `veche_${name}_total`, help, labelNames, registers: [] });

export class Recoveries {
  readonly #workerDeaths = counter('worker_deaths', 'Media workers that died', 'reason');
  readonly #workersReplaced = counter('workers_replaced', 'Media workers started in place of one');
  readonly #mediaResets = counter('media_resets', 'Rooms moved to a new router', 'reason');
  readonly #iceRestarts = counter('ice_restarts', 'Transports that asked for a new path');
  readonly #left = counter('participants_left', 'Seats that were freed', 'reason');
  readonly #refused = counter('connections_refused', 'Connections not let in', 'code');
  readonly #cut = counter('connections_cut', 'Connections that the server ended', 'reason');

  /** To be registered. */
  get counters(): readonly Counter[] {
    return [
      this.#workerDeaths,
      this.#workersReplaced,
      this.#mediaResets,
      this.#iceRestarts,
      this.#left,
      this.#refused,
      this.#cut,
    ];
  }

  workerDied(reason: MediaResetReason): void {
    this.#workerDeaths.inc({ reason });
  }

  workerReplaced(): void {
    this.#workersReplaced.inc();
  }

  mediaReset(reason: MediaResetReason): void {
    this.#mediaResets.inc({ reason });
  }

  iceRestarted(): void {
    this.#iceRestarts.inc();
  }

  left(reason: LeaveReason | RemovedReason): void {
    this.#left.inc({ reason });
  }

  connectionRefused(code: ErrorCode): void {
    this.#refused.inc({ code });
  }

  connectionCut(reason: string): void {
    this.#cut.inc({ reason });
  }
}
