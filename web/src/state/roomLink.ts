/** Links of rooms: `/r/<roomId>` on this server. */
import { RoomId } from '@veche/protocol';

const PATH = /^\/r\/([^/]+)\/?$/;

export const pathOfRoom = (roomId: RoomId): string => `/r/${encodeURIComponent(roomId)}`;

/** The room that a path names, or null. */
export function roomOfPath(path: string): RoomId | null {
  const part = PATH.exec(path)?.[1];
  if (part === undefined) return null;
  try {
    return parseId(decodeURIComponent(part));
  } catch {
    // A stray % is no encoding.
    return null;
  }
}

export type Pasted =
  | { readonly roomId: RoomId }
  | { readonly fault: 'empty' | 'wrong' }
  | { readonly fault: 'elsewhere'; readonly host: string };

/** What somebody pasted: a whole link, its path, or the bare id. */
export function readPasted(text: string, here: URL): Pasted {
  const trimmed = text.trim();
  if (trimmed === '') return { fault: 'empty' };
  if (!/[/\s]/.test(trimmed)) {
    const roomId = parseId(trimmed);
    return roomId ? { roomId } : { fault: 'wrong' };
  }
  const url = readUrl(trimmed, here);
  const roomId = url && roomOfPath(url.pathname);
  if (!roomId) return { fault: 'wrong' };
  return url.host === here.host ? { roomId } : { fault: 'elsewhere', host: url.host };
}

function readUrl(text: string, here: URL): URL | null {
  if (/^https?:\/\//i.test(text)) return URL.parse(text);
  if (text.startsWith('/')) return URL.parse(text, here);
  // Browsers leave the scheme out when they show an address.
  return URL.parse(`${here.protocol}//${text}`);
}

function parseId(text: string): RoomId | null {
  const id = RoomId.safeParse(text);
  return id.success ? id.data : null;
}
