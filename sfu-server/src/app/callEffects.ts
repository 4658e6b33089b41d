/** Makes true what the call book decides. */
import type { CallOutcome, UserId } from '@veche/protocol';
import type { Logger } from 'pino';
import { isSame } from '../domain/call.ts';
import type { CallEffect } from '../domain/call.ts';
import type { CallRooms } from './callRooms.ts';
import type { CallWriting } from './callWriting.ts';
import type { Address, Notifier } from './ports.ts';

export interface EffectParts {
  readonly notifier: Notifier;
  readonly writing: CallWriting;
  readonly log: Logger;
  /** Somebody is in a call now, or not any more. */
  readonly presenceChanged: (userId: UserId) => void;
  /** A call is over, or was not placed. */
  readonly ended: (outcome: CallOutcome) => void;
}

/** Takes what is to be done a little later. */
export type Later = (callback: () => void) => void;

/** A device that is told things only after its ack or welcome. */
export interface Waiting {
  readonly address: Address;
  readonly later: Later;
}

export const carryOut = (
  effect: CallEffect,
  parts: EffectParts,
  rooms: CallRooms,
  waiting?: Waiting,
): void => {
  const { notifier, log } = parts;
  switch (effect.type) {
    case 'tell': {
      const { to, notice } = effect;
      const tell = (): void => {
        notifier.toDevice(to, notice.name, notice.payload);
      };
      if (waiting && isSame(to, waiting.address)) waiting.later(tell);
      else tell();
      return;
    }
    case 'write':
      if (effect.record.ended) parts.ended(effect.record.ended.outcome);
      parts.writing.write(effect.record);
      return;
    case 'log':
      log.info(effect.fields, effect.line);
      return;
    case 'open_room':
      // Early, so that joining is quick; whoever joins opens it again if this fails.
      rooms.open(effect.call).catch((error: unknown) => {
        log.warn({ callId: effect.call.id, err: error }, 'Call room not open yet');
      });
      return;
    case 'close_room':
      rooms.close(effect.callId);
      return;
    case 'presence':
      effect.userIds.forEach(parts.presenceChanged);
  }
};
