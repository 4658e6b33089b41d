/** The real clock, timers and ids. */
import { CallId, MessageId, ParticipantId, RoomId, UserId } from '@veche/protocol';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids, Timers } from './app/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const systemTimers: Timers = {
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms);
    return () => {
      clearInterval(timer);
    };
  },
};

/** 96 bits: short enough for a link, too many to guess. */
const linkId = (): string => randomBytes(12).toString('base64url');

export const createIds = (clock: Clock): Ids => {
  let lastEpoch = 0;
  return {
    userId: () => UserId.parse(randomUUID()),
    roomId: () => RoomId.parse(linkId()),
    participantId: () => ParticipantId.parse(randomUUID()),
    messageId: () => MessageId.parse(randomUUID()),
    callId: () => CallId.parse(randomUUID()),
    epoch: () => (lastEpoch = Math.max(lastEpoch + 1, clock.now())),
  };
};
