/**
 * Calls that were live when the server ended without a word: they are over, in everybody's history
 * too, and each device that was in one is told when it connects again.
 */
import type { CallId, CallOutcome } from '@veche/protocol';
import type { Logger } from 'pino';
import type { CallRecord, Device } from '../domain/call.ts';
import { addressKey } from './ports.ts';
import type { Address, CallStore, Notifier } from './ports.ts';

export interface RestartedCallsParts {
  /** Which were live, as `endByRestart` gives them. */
  readonly interrupted: readonly CallRecord[];
  readonly notifier: Notifier;
  readonly log: Logger;
  readonly ended: (outcome: CallOutcome) => void;
}

const devicesOf = ({ caller, callerDevice, callee, calleeDevice, rang }: CallRecord): Device[] => [
  { userId: caller.id, deviceId: callerDevice },
  ...(calleeDevice === null ? rang : [calleeDevice]).map((deviceId) => ({
    userId: callee.id,
    deviceId,
  })),
];

/** Writes down that the calls that were live are over; they are told later. */
export const endByRestart = (
  calls: readonly CallRecord[],
  store: Pick<CallStore, 'write'>,
): void => {
  for (const record of calls) {
    // When it really ended nobody knows: it counts for nothing.
    const at = record.answeredAt ?? record.placedAt;
    store.write({ ...record, ended: { at, outcome: 'server_restart' } });
  }
};

export class RestartedCalls {
  readonly #notifier: Notifier;
  readonly #untold = new Map<string, CallId>();

  constructor({ interrupted, notifier, log, ended }: RestartedCallsParts) {
    this.#notifier = notifier;
    for (const record of interrupted) {
      ended('server_restart');
      const { id: callId, caller, callee } = record;
      const fields = { callId, callerId: caller.id, calleeId: callee.id, durationMs: 0 };
      log.info({ ...fields, reason: 'server_restart' }, 'Call ended');
      for (const device of devicesOf(record)) this.#untold.set(addressKey(device), callId);
    }
  }

  /** Tells a device that is connected again what became of its call, once. */
  tell(address: Address): void {
    const callId = this.#untold.get(addressKey(address));
    if (callId === undefined) return;
    this.#untold.delete(addressKey(address));
    this.#notifier.toDevice(address, 'call:error', {
      callId,
      code: 'server_restart',
      message: 'the server was restarted',
    });
  }
}
