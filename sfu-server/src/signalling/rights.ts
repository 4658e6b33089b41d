/**
 * Who may send each request: one row for each, and what has no row is not allowed. The guards hold
 * handlers to it, and test/rights.test.ts tries to get past every row.
 */
import type { RequestName } from '@veche/protocol';

/** What each right asks for. Who asks is what the connection says, never what the payload says. */
export const RIGHTS = {
  signed_in: 'a connection with a valid token; it reads and changes what is its own or public',
  room_door:
    'its password, no ban, no lock and a free seat, looked at in every join; or an active call on this very device',
  room_owner: 'having created the room, or a seat in it as a moderator',
  own_call: 'being its caller or callee, on a device where it rings or goes on',
  seat: 'a seat in this room, held by this very device, and the present epoch where one is named',
  moderator: 'such a seat, with the role of a moderator',
  own_transport: 'a transport of one of this device’s seats',
  own_producer: 'a producer of one of this device’s seats',
  own_consumer: 'a consumer of one of this device’s seats',
} as const;

export type Right = keyof typeof RIGHTS;

export const rights = {
  'people:list': 'signed_in',
  'people:watch': 'signed_in',
  'call:initiate': 'signed_in',
  'call:answer': 'own_call',
  'call:reject': 'own_call',
  'call:end': 'own_call',
  'call:history': 'signed_in',
  'call:history-seen': 'signed_in',
  'room:list': 'signed_in',
  'room:create': 'signed_in',
  'room:join': 'room_door',
  'room:leave': 'seat',
  'room:snapshot': 'seat',
  'room:hold': 'seat',
  'room:delete': 'room_owner',
  'transport:create': 'seat',
  'transport:connect': 'own_transport',
  'transport:restart-ice': 'own_transport',
  'producer:create': 'own_transport',
  'producer:pause': 'own_producer',
  'producer:resume': 'own_producer',
  'producer:close': 'own_producer',
  'consumer:create': 'own_transport',
  'consumer:resume': 'own_consumer',
  'consumer:pause': 'own_consumer',
  'consumer:close': 'own_consumer',
  'consumer:layers': 'own_consumer',
  'mic:set': 'seat',
  'hand:set': 'seat',
  'chat:send': 'seat',
  'mod:mute': 'moderator',
  'mod:remove': 'moderator',
  'mod:role': 'moderator',
  'mod:lock': 'moderator',
  'mod:mode': 'moderator',
  'mod:voice': 'moderator',
  'mod:join-muted': 'moderator',
  'mod:dismiss-stage': 'moderator',
} as const satisfies Record<RequestName, Right>;

export type Rights = typeof rights;
