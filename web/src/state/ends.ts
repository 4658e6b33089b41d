/** Every way a stay ends: what is said about it and what can be done. */
import type { TextKey } from '../i18n/translate.ts';
import type { RoomEnd } from '../session/index.ts';

type Remedy = 'rejoin' | 'retry' | 'take_back' | 'password' | 'reload' | 'sign_in' | 'none';

export interface EndWords {
  readonly title: TextKey;
  readonly text: TextKey;
  readonly remedy: Remedy;
}

type Story =
  Extract<TextKey, `end.${string}.title`> extends `end.${infer Name}.title` ? Name : never;

const words = (story: Story, remedy: Remedy): EndWords => ({
  title: `end.${story}.title`,
  text: `end.${story}.text`,
  remedy,
});

const ENDS: Readonly<Record<RoomEnd, EndWords>> = {
  left: words('left', 'rejoin'),
  moved: words('moved', 'take_back'),
  removed: words('removed', 'rejoin'),
  banned: words('banned', 'rejoin'),
  room_closed: words('room_closed', 'none'),
  replaced: words('replaced', 'reload'),
  signed_out: words('signed_out', 'sign_in'),
  token_expired: words('token_expired', 'sign_in'),
  token_revoked: words('token_revoked', 'sign_in'),
  unsupported_browser: words('unsupported_browser', 'none'),
  NOT_FOUND: words('notFound', 'password'),
  FORBIDDEN: words('wrongPassword', 'password'),
  ROOM_FULL: words('full', 'retry'),
  ROOM_LOCKED: words('locked', 'retry'),
  at_capacity: words('unavailable', 'retry'),
  UNAVAILABLE: words('unavailable', 'retry'),
  UNAUTHENTICATED: words('unauthenticated', 'sign_in'),
  UNSUPPORTED_VERSION: words('outdated', 'reload'),
  RATE_LIMITED: words('rateLimited', 'retry'),
  INTERNAL: words('internal', 'retry'),
  BAD_REQUEST: words('badLink', 'none'),
  INVALID_STATE: words('failed', 'retry'),
  room_spread: words('failed', 'retry'),
  MEDIA_RESET: words('failed', 'retry'),
};

/** How long a ban still lasts, where that is known. */
export type Ban = 'unknown' | 'lasts' | 'over';

export function endWords(end: RoomEnd, gavePassword: boolean, ban: Ban = 'unknown'): EndWords {
  // While it is known to last there is no use in trying.
  if (end === 'banned' && ban === 'lasts') return words('bannedUntil', 'none');
  if (end === 'banned' && ban === 'over') return words('banOver', 'rejoin');
  // The same refusals mean something else with a password and without.
  if (end === 'FORBIDDEN' && !gavePassword) return words('needsPassword', 'password');
  if (end === 'NOT_FOUND' && gavePassword) return words('notFoundEither', 'password');
  return ENDS[end];
}
