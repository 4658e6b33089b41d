/** Texts that people type: normalised once, at the edge, the same way on both sides. */
import * as z from 'zod/mini';

/** Control characters, line separators and the marks that change the direction of writing. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/u;

/** The same without tab and line feed, which a message may hold. */
const FORBIDDEN_IN_MESSAGE =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/u;

const characters = (text: string): number => Array.from(text).length;

/** NFC, trimmed, 1–`most` characters (code points), no control or direction characters. */
const line = (most: number) =>
  z.string().check(
    z.maxLength(4 * most),
    z.normalize('NFC'),
    z.trim(),
    z.refine((text) => characters(text) >= 1, 'must not be empty'),
    z.refine((text) => characters(text) <= most, `must have at most ${most} characters`),
    z.refine((text) => !FORBIDDEN.test(text), 'must not hold control or direction characters'),
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

/** A chat message: NFC, trimmed, 1–2,000 characters; line feeds are allowed. */
export const ChatText = z.string().check(
  z.maxLength(4 * MAX_CHAT_LENGTH),
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
