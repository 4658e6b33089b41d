/** What a refused request says. */
import * as z from 'zod/mini';

export const ERROR_CODES = {
  BAD_REQUEST: 'the shape is wrong; `message` names the field',
  UNSUPPORTED_VERSION: 'the server does not speak this version of the protocol',
  UNAUTHENTICATED: 'the token is missing, wrong or expired',
  FORBIDDEN: 'known, but not allowed',
  NOT_FOUND: 'no such thing, or none that you may know of',
  INVALID_STATE: 'right shape, wrong moment',
  ROOM_FULL: 'the room holds as many people as it may',
  ROOM_LOCKED: 'a moderator has locked the room',
  RATE_LIMITED: 'too many; wait and try again',
  MEDIA_RESET: 'the id or epoch belongs to media that is gone; build it again',
  UNAVAILABLE: 'no capacity, no worker, or the server is going down',
  INTERNAL: 'a fault of the server; details are in its log only',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

export const ErrorCode = z.enum(codes);

/** Where one code stands for more than one thing that a person should read. */
export const RefusalReason = z.enum([
  'banned',
  'at_capacity',
  'room_spread',
  'token_expired',
  'token_revoked',
]);
export type RefusalReason = z.output<typeof RefusalReason>;

export const WireError = z.object({
  code: ErrorCode,
  message: z.string(),
  reason: z.exactOptional(RefusalReason),
  /** With `banned`: how much longer it lasts. */
  banMs: z.exactOptional(z.int().check(z.gte(0))),
});
export type WireError = z.output<typeof WireError>;
