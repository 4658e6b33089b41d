/** What can go wrong, each with a word that the caller can act on. */
import type { ErrorCode, RefusalReason } from '@veche/protocol';
import type { MicrophoneProblem } from './api.ts';

/** A request that was refused, or that never got an answer (`answered` is false then). */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  readonly answered: boolean;
  /** What the code alone does not say. */
  readonly reason: RefusalReason | undefined;

  /** With `banned`: how much longer it lasts, where the server tells. */
  readonly banMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    answered = true,
    reason?: RefusalReason,
    banMs?: number,
  ) {
    super(message);
    this.reason = reason;
    this.banMs = banMs;
    this.code = code;
    this.answered = answered;
  }

  static offline(what: string): RequestError {
    return new RequestError('UNAVAILABLE', `${what}: not connected`, false);
  }

  static timeout(what: string): RequestError {
    return new RequestError('UNAVAILABLE', `${what}: no answer in time`, false);
  }

  static nonsense(what: string): RequestError {
    return new RequestError('INTERNAL', `${what}: the answer makes no sense`);
  }
}

export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';
  readonly problem: MicrophoneProblem;

  constructor(problem: MicrophoneProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Refusals that may be over in a moment: try again. */
export const isPassing = (error: unknown): boolean =>
  error instanceof RequestError &&
  (error.code === 'UNAVAILABLE' || error.code === 'INTERNAL' || error.code === 'RATE_LIMITED');

/** The server does not know this transport, producer or epoch: only joining again tells more. */
export const isMediaGone = (error: unknown): boolean =>
  error instanceof RequestError && (error.code === 'MEDIA_RESET' || error.code === 'NOT_FOUND');

/** For `default:` of a switch that handles everything. */
export const unreachable = (value: never): never => {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
};
