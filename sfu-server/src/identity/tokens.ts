/** Guests' tokens: JWTs signed with HS256 (RFC 7519), whose subject is the person. */
import { User } from '@veche/protocol';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Tokens } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';

const ISSUER = 'veche';
const AUDIENCE = 'veche';
const ALGORITHM = 'HS256';
/** Clocks may differ by this much, s. */
const TOLERANCE_S = 60;

export const createTokens = (secret: Uint8Array, guestDays: number): Tokens => ({
  issue: ({ id, name }) =>
    new SignJWT({ name })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(id)
      .setIssuedAt()
      .setExpirationTime(`${guestDays}d`)
      .sign(secret),
  verify: async (token) => {
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: TOLERANCE_S,
      });
      const user = User.safeParse({ id: payload.sub, name: payload['name'] });
      if (user.success) return user.data;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new Refusal('UNAUTHENTICATED', 'token: expired; sign in again');
      }
      if (!(error instanceof errors.JOSEError)) throw error;
    }
    throw new Refusal('UNAUTHENTICATED', 'token: not valid; sign in again');
  },
});
