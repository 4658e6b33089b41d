/** A request that is not carried out, with the code that its sender may see. */
import type { ErrorCode, RefusalReason } from '@veche/protocol';

export class Refusal extends Error {
  readonly code: ErrorCode;

  readonly reason: RefusalReason | undefined;

  /** With `banned`: how much longer it lasts. */
  readonly banMs: number | undefined;

  constructor(code: ErrorCode, message: string, reason?: RefusalReason, banMs?: number) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.reason = reason;
    this.banMs = banMs;
  }
}

/** Refuses what comes too late: the device may be gone, and nothing would free its seat. */
export const refuseLate = (late: AbortSignal): void => {
  if (late.aborted) throw new Refusal('UNAVAILABLE', 'too late');
};
