/** Guests' tokens: JWTs signed with HS256 (RFC 7519), whose subject is the person. */
import { User } from '@veche/protocol';
import { errors, jwtVerify, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import type { Identity, Tokens } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';

const ISSUER = 'veche';
const AUDIENCE = 'veche';
/** Whatever a token says of itself, it is checked as this and nothing else. */
const ALGORITHM = 'HS256';
const DAY_S = 24 * 3600;

export interface TokenOptions {
  /** How long one is valid. */
  readonly guestDays: number;
  /** Clocks may differ by this much: a token is taken so much before and after its time, ms. */
  readonly skewMs: number;
}

export const createTokens = (secret: Uint8Array, { guestDays, skewMs }: TokenOptions): Tokens => ({
  issue: async (user, now) => {
    const issuedAt = Math.floor(now / 1000);
    const expiresAt = issuedAt + guestDays * DAY_S;
    const tokenId = randomUUID();
    const token = await new SignJWT({ name: user.name })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(user.id)
      .setJti(tokenId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(secret);
    return { token, user, tokenId, issuedAt: issuedAt * 1000, expiresAt: expiresAt * 1000 };
  },
  verify: async (token, now) => {
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        clockTolerance: skewMs / 1000,
        currentDate: new Date(now),
      });
      return identityOf(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new Refusal('UNAUTHENTICATED', 'token: expired; sign in again', 'token_expired');
      }
      if (!(error instanceof errors.JOSEError)) throw error;
      throw notValid();
    }
  },
});

const notValid = (): Refusal => new Refusal('UNAUTHENTICATED', 'token: not valid; sign in again');

const identityOf = (payload: Record<string, unknown>): Identity => {
  const { sub, jti, iat, exp, name } = payload;
  const user = User.safeParse({ id: sub, name });
  if (user.success && typeof jti === 'string' && typeof iat === 'number' && typeof exp === 'number')
    return { user: user.data, tokenId: jti, issuedAt: iat * 1000, expiresAt: exp * 1000 };
  throw notValid();
};
