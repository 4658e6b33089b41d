/** Where the last page of a list ended: opaque to clients. */
import { Refusal } from '../domain/refusal.ts';

export const writeCursor = (...parts: string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws Refusal BAD_REQUEST for one that this server did not give */
export const readCursor = (cursor: string | undefined): string[] => {
  if (cursor === undefined) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(value) && value.every((it) => typeof it === 'string')) return value;
  } catch {
    // Fall through to the refusal.
  }
  throw new Refusal('BAD_REQUEST', 'cursor: not one that this server gave');
};
