/**
 * How often a person, and everybody behind one network address, may be wrong about a password. It is
 * the same for every room, also for one that does not exist: else the limit would tell which do.
 */
import type { UserId } from '@veche/protocol';
import type { PasswordTries } from '../app/ports.ts';
import type { Settings } from '../config/settings.ts';
import { Refusal } from '../domain/refusal.ts';
import { Limiter, perSeconds } from './limits.ts';

const MINUTE_S = 60;

type Limits = Pick<
  Settings['limits'],
  'wrongPasswordsPerMinute' | 'wrongPasswordsPerMinutePerAddress'
>;

export const createPasswordTries = (limits: Limits): PasswordTries => {
  const perUser = new Limiter(perSeconds(limits.wrongPasswordsPerMinute, MINUTE_S));
  const perAddress = new Limiter(perSeconds(limits.wrongPasswordsPerMinutePerAddress, MINUTE_S));
  return {
    begin: (userId: UserId, networkAddress: string) => {
      const now = performance.now();
      // Its own is taken at once, since one can try many at the same time; that of the address only
      // when it was wrong, since a whole school may come in by one address.
      if (perAddress.isEmpty(networkAddress, now) || !perUser.allow(userId, now)) {
        throw new Refusal('RATE_LIMITED', 'password: too many wrong ones; wait a minute');
      }
      return (wrong) => {
        if (wrong) perAddress.allow(networkAddress, performance.now());
        else perUser.giveBack(userId);
      };
    },
  };
};
