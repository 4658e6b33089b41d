/** Room passwords, kept as scrypt hashes: `scrypt$N$salt$hash`, base64url. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Passwords } from '../app/ports.ts';

/** About 30 ms and 16 MB each on a common core: dear to guess, cheap to join. */
const COST = 2 ** 14;
const KEY_BYTES = 32;

const derive = (password: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N: cost }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });

export const passwords: Passwords = {
  hash: async (password) => {
    const salt = randomBytes(16);
    const key = await derive(password, salt, COST);
    return ['scrypt', COST, salt.toString('base64url'), key.toString('base64url')].join('$');
  },
  verify: async (password, hash) => {
    const [, cost = '', salt = '', key = ''] = hash.split('$');
    const expected = Buffer.from(key, 'base64url');
    const given = await derive(password, Buffer.from(salt, 'base64url'), Number(cost));
    return given.length === expected.length && timingSafeEqual(given, expected);
  },
};
