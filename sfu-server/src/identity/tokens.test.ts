/** Which tokens are taken: those that this server signed for itself, in their time, and no others. */
import { UserId } from '@veche/protocol';
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokens } from './tokens.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 3600 * 1000;
const secret = randomBytes(32);
const tokens = createTokens(secret, { guestDays: 1, skewMs: 60_000 });
const ana = { id: UserId.parse('user-ana'), name: 'Ana' };

const claims = {
  sub: ana.id,
  name: ana.name,
  jti: 'token-1',
  iss: 'veche',
  aud: 'veche',
  iat: NOW / 1000,
  exp: NOW / 1000 + 3600,
};
const signed = (
  changes: Record<string, unknown> = {},
  { alg = 'HS256', key = secret }: { alg?: string; key?: Uint8Array } = {},
): Promise<string> => new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg }).sign(key);

const refusal = { code: 'UNAUTHENTICATED' };

it('takes its own, and knows whose they are and until when', async () => {
  const { token, ...issued } = await tokens.issue(ana, NOW + 999);
  expect(issued).toMatchObject({ user: ana, issuedAt: NOW, expiresAt: NOW + DAY_MS });
  expect(await tokens.verify(token, NOW)).toEqual(issued);
  const other = await tokens.issue(ana, NOW);
  expect(other.tokenId).not.toBe(issued.tokenId);
});

it('takes what was signed as it signs (so that the refusals below mean something)', async () => {
  expect(await tokens.verify(await signed(), NOW)).toMatchObject({ user: ana, tokenId: 'token-1' });
});

describe('refuses', () => {
  it.each([
    ['another audience', { aud: 'elsewhere' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'elsewhere' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['no id', { jti: undefined }],
    ['an id that is none', { jti: 7 }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
    ['a time that has not come', { nbf: NOW / 1000 + 61 }],
    ['a name that is none', { name: 7 }],
  ])('%s', async (_what, changes) => {
    await expect(tokens.verify(await signed(changes), NOW)).rejects.toMatchObject(refusal);
  });

  it('another secret', async () => {
    const token = await signed({}, { key: randomBytes(32) });
    await expect(tokens.verify(token, NOW)).rejects.toMatchObject(refusal);
  });

  it.each(['HS384', 'HS512'])('%s, though the secret is right', async (alg) => {
    const token = await signed({}, { alg, key: Buffer.concat([secret, secret]) });
    await expect(tokens.verify(token, NOW)).rejects.toMatchObject(refusal);
    const long = createTokens(Buffer.concat([secret, secret]), { guestDays: 1, skewMs: 0 });
    await expect(long.verify(token, NOW)).rejects.toMatchObject(refusal);
  });

  it('no signature at all', async () => {
    const none = new UnsecuredJWT(claims).encode();
    await expect(tokens.verify(none, NOW)).rejects.toMatchObject(refusal);
    const [header = '', payload = '', signature = ''] = (await signed()).split('.');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      `${unsigned}.${payload}.`,
      `${unsigned}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
    ]) {
      await expect(tokens.verify(token, NOW), token).rejects.toMatchObject(refusal);
    }
  });

  it('a signature with keys of another kind', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const rs256 = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    await expect(tokens.verify(rs256, NOW)).rejects.toMatchObject(refusal);
    // The swap: a public key, known to all, taken as the secret.
    const known = new TextEncoder().encode(await exportSPKI(publicKey));
    const swapped = await signed({}, { key: known });
    await expect(tokens.verify(swapped, NOW)).rejects.toMatchObject(refusal);
  });

  it('what was edited, anywhere', async () => {
    const [header = '', payload = '', signature = ''] = (await signed()).split('.');
    const edited = Buffer.from(JSON.stringify({ ...claims, sub: 'user-bo' })).toString('base64url');
    await expect(tokens.verify([header, edited, signature].join('.'), NOW)).rejects.toMatchObject(
      refusal,
    );
    const bytes = Buffer.from(signature, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const bent = Buffer.from(bytes);
      bent[at] = (bent[at] ?? 0) ^ 1;
      const token = [header, payload, bent.toString('base64url')].join('.');
      await expect(tokens.verify(token, NOW), `byte ${at}`).rejects.toMatchObject(refusal);
    }
  });

  it.each(['', '.', '..', 'a.b.c', '{}', '\u0000', 'a'.repeat(4096)])('%j', async (text) => {
    await expect(tokens.verify(text, NOW)).rejects.toMatchObject(refusal);
  });
});

it('says of one that is over that it is, and allows for clocks that differ by 60 s', async () => {
  const token = await signed();
  const end = claims.exp * 1000;
  await expect(tokens.verify(token, end + 59_000)).resolves.toMatchObject({ user: ana });
  await expect(tokens.verify(token, end + 61_000)).rejects.toMatchObject({
    ...refusal,
    reason: 'token_expired',
  });
  const early = await signed({ nbf: NOW / 1000 + 59 });
  await expect(tokens.verify(early, NOW)).resolves.toMatchObject({ user: ana });
});
