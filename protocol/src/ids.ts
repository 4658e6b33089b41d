/** Opaque ids, branded so that one kind cannot be passed where another is meant. */
import * as z from 'zod/mini';

/** Longest id accepted; mediasoup's and ours are UUIDs of 36 characters. */
const MAX_ID_LENGTH = 64;

const id = z.string().check(z.minLength(1), z.maxLength(MAX_ID_LENGTH));

export const UserId = id.brand<'UserId'>();
export type UserId = z.output<typeof UserId>;

/** Random per tab, 8–64 of `[A-Za-z0-9_-]`. */
export const DeviceId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{8,64}$/))
  .brand<'DeviceId'>();
export type DeviceId = z.output<typeof DeviceId>;

export const RoomId = id.brand<'RoomId'>();
export type RoomId = z.output<typeof RoomId>;

export const ParticipantId = id.brand<'ParticipantId'>();
export type ParticipantId = z.output<typeof ParticipantId>;

export const TransportId = id.brand<'TransportId'>();
export type TransportId = z.output<typeof TransportId>;

export const ProducerId = id.brand<'ProducerId'>();
export type ProducerId = z.output<typeof ProducerId>;

export const ConsumerId = id.brand<'ConsumerId'>();
export type ConsumerId = z.output<typeof ConsumerId>;

export const CallId = id.brand<'CallId'>();
export type CallId = z.output<typeof CallId>;

export const MessageId = id.brand<'MessageId'>();
export type MessageId = z.output<typeof MessageId>;
