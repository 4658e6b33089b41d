/** The secret that signs tokens: made at the first start, kept in a file that only we can read. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 32;
/** Of 32 random bytes about 30 differ; fewer than this never happens by chance. */
const LEAST_DIFFERENT = 16;
/** What people write where a secret should stand. By chance one of these comes once in 10^8. */
const SAMPLES = /change.?me|password|sample|example|default|secret|your.?key|insert|000000|123456/i;

export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/** Why nobody should sign with it; null: it is as good as random. */
const whyWeak = (text: string): string | null => {
  if (SAMPLES.test(text)) return 'is a sample, not a secret';
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return 'is not base64url';
  if (bytes.length < SECRET_BYTES) return `holds fewer than ${SECRET_BYTES} bytes`;
  const steps = bytes.map((byte, index) => (byte - (bytes[index - 1] ?? 0)) & 0xff);
  const patterned = [bytes, steps].some((some) => new Set(some).size < LEAST_DIFFERENT);
  return patterned ? 'can be guessed: its bytes repeat' : null;
};

/**
 * @param directory of the data; ':memory:' makes a secret that ends with the process
 * @throws SecretError where the file is weak or readable by others
 */
export const loadSecret = (directory: string): Uint8Array => {
  if (directory === ':memory:') return randomBytes(SECRET_BYTES);
  const file = join(directory, 'secret');
  if (!existsSync(file)) writeNew(directory, file);
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new SecretError(`${file} can be read by others; run: chmod 600 ${file}`);
  }
  const text = readFileSync(file, 'utf8').trim();
  const weak = whyWeak(text);
  if (weak !== null) {
    throw new SecretError(
      `${file} ${weak}; delete it to have a new one made (everyone signs in again)`,
    );
  }
  return Buffer.from(text, 'base64url');
};

const writeNew = (directory: string, file: string): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let secret: string;
  do secret = randomBytes(SECRET_BYTES).toString('base64url');
  while (whyWeak(secret) !== null);
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  // Whatever the umask left of it.
  chmodSync(file, 0o600);
};
