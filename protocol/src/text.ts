/** Texts that people type: normalised once, at the edge, the same way on both sides. */
import * as z from 'zod/mini';

/**
 * What a line must not hold: control and format characters (zero-width ones, those that change the
 * direction of writing, tags), line separators, halves of pairs, private characters, and letters that
 * show nothing. Joiners are looked at below.
 */
const FORBIDDEN =
  /[\p{Cc}\p{Cs}\p{Co}\u2028\u2029\u115F\u1160\u3164\uFFA0\u2800]|(?![\u200C\u200D])\p{Cf}/u;
/** Joiners belong into some scripts and into emoji; elsewhere they only make two names look like one. */
const STRAY_JOINER =
  /(?:^|[\s\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}\p{P}\u200C\u200D])[\u200C\u200D]|[\u200C\u200D]$/u;
/** No script stacks so many marks on a letter; they would cover the lines around it. */
const TOWER = /[\p{Mn}\p{Me}]{5}/u;

/** Tab and line feed may be in a message. */
const FORBIDDEN_IN_MESSAGE =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/u;
/** Comes along with pasted text, shows nothing and is taken out. */
const INVISIBLE =
  /[\u00AD\u180E\u200B\u2060-\u2064\u206A-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;

const characters = (text: string): number => Array.from(text).length;

/** NFC, trimmed, 1–`most` characters (code points), none that is not seen. */
const line = (most: number) =>
  z.string().check(
    z.maxLength(4 * most),
    z.normalize('NFC'),
    z.trim(),
    z.refine((text) => characters(text) >= 1, 'must not be empty'),
    z.refine((text) => characters(text) <= most, `must have at most ${most} characters`),
    z.refine(
      (text) => !FORBIDDEN.test(text) && !STRAY_JOINER.test(text),
      'must not hold control, direction or invisible characters',
    ),
    z.refine((text) => !TOWER.test(text), 'must not hold towers of marks'),
  );

export const MAX_NAME_LENGTH = 40;
export const MAX_ROOM_NAME_LENGTH = 60;
export const MAX_CHAT_LENGTH = 2000;
export const MAX_REASON_LENGTH = 200;
export const MAX_PASSWORD_LENGTH = 128;

/** Why a moderator removed somebody, in their words. */
export const Reason = line(MAX_REASON_LENGTH);

/** A person's name. */
export const PersonName = line(MAX_NAME_LENGTH);

/** A room's name. */
export const RoomName = line(MAX_ROOM_NAME_LENGTH);

/** A room's password, taken as it is. */
export const Password = z.string().check(z.minLength(1), z.maxLength(MAX_PASSWORD_LENGTH));

/** A chat message: NFC, trimmed, 1–2,000 characters, without invisible ones; line feeds are allowed. */
export const ChatText = z.string().check(
  z.maxLength(4 * MAX_CHAT_LENGTH),
  z.overwrite((text) => text.toWellFormed().replace(INVISIBLE, '')),
  z.normalize('NFC'),
  z.trim(),
  z.refine((text) => characters(text) >= 1, 'must not be empty'),
  z.refine(
    (text) => characters(text) <= MAX_CHAT_LENGTH,
    `must have at most ${MAX_CHAT_LENGTH} characters`,
  ),
  z.refine(
    (text) => !FORBIDDEN_IN_MESSAGE.test(text),
    'must not hold control or direction characters',
  ),
);
