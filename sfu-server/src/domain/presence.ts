/**
 * Which devices of which users are connected. Every connection has a generation; a later one of
 * the same device replaces the former, whose late `disconnect` then changes nothing.
 */
import type { DeviceId, UserId } from '@veche/protocol';

export type PresenceState = ReadonlyMap<UserId, ReadonlyMap<DeviceId, number>>;

export interface Connected {
  readonly state: PresenceState;
  /** The generation that this connection replaces, if the device was already connected. */
  readonly replaced: number | null;
  readonly cameOnline: boolean;
}

export const connect = (
  state: PresenceState,
  userId: UserId,
  deviceId: DeviceId,
  generation: number,
): Connected => {
  const devices = state.get(userId) ?? new Map<DeviceId, number>();
  return {
    state: new Map(state).set(userId, new Map(devices).set(deviceId, generation)),
    replaced: devices.get(deviceId) ?? null,
    cameOnline: devices.size === 0,
  };
};

export interface Disconnected {
  readonly state: PresenceState;
  /** False for a connection that was replaced: its end means nothing. */
  readonly current: boolean;
  readonly wentOffline: boolean;
}

export const disconnect = (
  state: PresenceState,
  userId: UserId,
  deviceId: DeviceId,
  generation: number,
): Disconnected => {
  const devices = state.get(userId);
  if (devices?.get(deviceId) !== generation) return { state, current: false, wentOffline: false };
  const left = new Map(devices);
  left.delete(deviceId);
  const next = new Map(state);
  if (left.size === 0) next.delete(userId);
  else next.set(userId, left);
  return { state: next, current: true, wentOffline: left.size === 0 };
};

export const isOnline = (state: PresenceState, userId: UserId): boolean => state.has(userId);

export const devicesOf = (state: PresenceState, userId: UserId): DeviceId[] => [
  ...(state.get(userId)?.keys() ?? []),
];
