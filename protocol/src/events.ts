/** The socket.io event types, derived from the two tables. */
import * as z from 'zod/mini';
import { EpochMs } from './entities.ts';
import { WireError } from './errors.ts';
import { DeviceId, UserId } from './ids.ts';
import type { NoticeInput, NoticeName } from './notices.ts';
import type { DataInput, PayloadInput, RequestName } from './requests.ts';
import { PersonName } from './text.ts';

/** The answer to a request, as it travels. */
export type Ack<N extends RequestName> =
  { ok: true; data: DataInput<N> } | { ok: false; error: WireError };

export type ClientToServerEvents = {
  [N in RequestName]: (payload: PayloadInput<N>, ack: (answer: Ack<N>) => void) => void;
};

export type ServerToClientEvents = {
  [N in NoticeName]: (payload: NoticeInput<N>) => void;
};

/** What an ack looks like before its data is checked. */
export const AckEnvelope = z.union([
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: WireError }),
]);

/** The `auth` object of the socket.io handshake. */
export const HandshakeAuth = z.object({
  token: z.string().check(z.minLength(1), z.maxLength(4096)),
  deviceId: DeviceId,
  protocol: z.int(),
});

/** The `data` of a `connect_error`. */
export const ConnectRefusal = z.object({
  ...WireError.shape,
  protocols: z.exactOptional(z.array(z.int())),
});
export type ConnectRefusal = z.output<typeof ConnectRefusal>;

/** `POST /api/guest`. */
export const GuestRequest = z.object({ name: PersonName });
export const GuestAnswer = z.object({
  token: z.string(),
  user: z.object({ id: UserId, name: z.string() }),
  /** Until when the token holds; a good client asks for a fresh one long before. */
  expiresAt: z.exactOptional(EpochMs),
});
export type GuestAnswer = z.output<typeof GuestAnswer>;

/** The body of a refused HTTP request. */
export const HttpRefusal = z.object({ error: WireError });

/** The client gives up waiting for an ack; the server answers earlier (`ANSWER_WITHIN_MS`). */
export const REQUEST_TIMEOUT_MS = 5000;
/** The server answers within this time and undoes what comes too late. */
export const ANSWER_WITHIN_MS = 4000;
