/** What moderators ask for; the server decides whether one is. */
import type { RoomId } from '@veche/protocol';
import type { Moderation } from './api.ts';
import type { SendRequest } from './wire.ts';

export function moderation(roomId: RoomId, request: SendRequest): Moderation {
  return {
    mute: async (participantId) => {
      await request('mod:mute', { roomId, participantId });
    },
    remove: async (participantId, options = {}) => {
      await request('mod:remove', { roomId, participantId, ...options });
    },
    setRole: async (participantId, role) => {
      await request('mod:role', { roomId, participantId, role });
    },
    setLocked: async (locked) => {
      await request('mod:lock', { roomId, locked });
    },
    setMode: async (mode) => {
      await request('mod:mode', { roomId, mode });
    },
    setVoice: async (posture) => {
      await request('mod:voice', { roomId, posture });
    },
    setJoinMuted: async (joinMuted) => {
      await request('mod:join-muted', { roomId, joinMuted });
    },
    dismissStage: async () => {
      await request('mod:dismiss-stage', { roomId });
    },
    deleteRoom: async () => {
      await request('room:delete', { roomId });
    },
  };
}
