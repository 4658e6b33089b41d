/** Which secrets sign: our own, and those as good; never one that others can read or guess. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecret, SecretError } from './secret.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'veche-secret-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = (): string => join(directory, 'secret');
const write = (text: string, mode = 0o600): void => {
  writeFileSync(file(), `${text}\n`);
  chmodSync(file(), mode);
};
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

it('makes one of 32 bytes for its owner only, and the same ever after', () => {
  const umask = process.umask(0);
  try {
    const secret = loadSecret(directory);
    expect(secret).toHaveLength(32);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(loadSecret(directory)).toEqual(secret);
    expect(readFileSync(file(), 'utf8')).toBe(`${base64(secret)}\n`);
  } finally {
    process.umask(umask);
  }
});

it('takes a longer one that somebody made', () => {
  const secret = randomBytes(48);
  write(base64(secret));
  expect(loadSecret(directory)).toEqual(secret);
});

it('keeps none in memory from one start to the next', () => {
  expect(loadSecret(':memory:')).not.toEqual(loadSecret(':memory:'));
});

describe('refuses', () => {
  it.each([
    ['nothing', ''],
    ['one byte', 'AA'],
    ['31 bytes', base64(randomBytes(31))],
    ['zeros', base64(new Uint8Array(32))],
    ['one byte again and again', base64(new Uint8Array(64).fill(0xa7))],
    ['a short text again and again', base64(Buffer.from('qwertyui'.repeat(8)))],
    ['bytes that count', base64(Uint8Array.from({ length: 64 }, (_, index) => index))],
    ['bytes that count by seven', base64(Uint8Array.from({ length: 64 }, (_, i) => (i * 7) % 256))],
    ['a sample', 'change-me-change-me-change-me-change-me-change-me'],
    ['another sample', 'your-key-here-your-KEY-here-0123-abcd-efgh-ijkl'],
    ['what is not base64url', '!"#$%&/()=?*'.repeat(8)],
  ])('%s', (_what, text) => {
    write(text);
    expect(() => loadSecret(directory)).toThrow(SecretError);
    expect(() => loadSecret(directory)).toThrow(file());
  });

  it.each([0o640, 0o604, 0o660, 0o666, 0o644])('one with mode %o', (mode) => {
    write(base64(randomBytes(32)), mode);
    expect(() => loadSecret(directory)).toThrow('chmod 600');
  });
});
