/** A request that is not carried out, with the code that its sender may see. */
import type { ErrorCode } from '@veche/protocol';

export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}
