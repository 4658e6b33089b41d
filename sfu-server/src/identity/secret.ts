/** The secret that signs tokens: made at the first start, kept in a file that only we can read. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 32;

export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/**
 * @param directory of the data; ':memory:' makes a secret that ends with the process
 * @throws SecretError where the file is too short or readable by others
 */
export const loadSecret = (directory: string): Uint8Array => {
  if (directory === ':memory:') return randomBytes(SECRET_BYTES);
  const file = join(directory, 'secret');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (secret.length < SECRET_BYTES) {
    throw new SecretError(
      `${file} holds fewer than ${SECRET_BYTES} bytes; delete it to have a new one made (everyone signs in again)`,
    );
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new SecretError(`${file} can be read by others; run: chmod 600 ${file}`);
  }
  return secret;
};
