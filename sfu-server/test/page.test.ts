/** What every page comes with, and what the sources of the page may not do. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ http: { trustProxy: true } });
});
afterAll(() => server.stop());

const headersOf = async (path: string, headers: Record<string, string> = {}): Promise<Headers> => {
  const response = await fetch(`${server.url}${path}`, {
    headers: { accept: 'text/html', ...headers },
  });
  await response.arrayBuffer();
  return response.headers;
};

describe.each(['/', '/r/some-room', '/r/100%', '/healthz', '/api/nothing'])('%s', (path) => {
  it('lets the page load its own files only, run no inline script or style, and be in no frame', async () => {
    const policy = (await headersOf(path)).get('content-security-policy') ?? '';
    const directives = new Map(
      policy.split(';').map((part) => {
        const [name = '', ...sources] = part.trim().split(/\s+/);
        return [name, sources.join(' ')];
      }),
    );
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': `'self' ${server.url.replace('http', 'ws')} ${server.url.replace('http', 'wss')}`,
      'img-src': "'self' data:",
      'media-src': "'self' blob:",
      'font-src': "'self'",
      'manifest-src': "'self'",
      'worker-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    });
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('gives microphone, camera and screen to the page alone, and the rest to nobody', async () => {
    const policy = (await headersOf(path)).get('permissions-policy') ?? '';
    for (const feature of ['microphone', 'camera', 'display-capture']) {
      expect(policy).toContain(`${feature}=(self)`);
    }
    expect(policy).toContain('geolocation=()');
    expect(policy).not.toContain('*');
  });

  it('says nothing of itself elsewhere, is what it says it is, and stays with TLS once it came so', async () => {
    const plain = await headersOf(path);
    expect(plain.get('referrer-policy')).toBe('no-referrer');
    expect(plain.get('x-content-type-options')).toBe('nosniff');
    expect(plain.get('strict-transport-security')).toBeNull();
    const secure = await headersOf(path, { 'x-forwarded-proto': 'https' });
    expect(secure.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

it('answers a link with a stray % as any other that leads nowhere', async () => {
  const url = `${server.url}/r/100%`;
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(await page.text()).toContain('<!doctype html>');
  const other = await fetch(url);
  expect([other.status, await other.json()]).toEqual([
    404,
    { error: { code: 'NOT_FOUND', message: 'no such page' } },
  ]);
});

it.each(['x; script-src *', 'x https://evil.example', "'unsafe-inline'", 'x,y'])(
  'says nothing in its policy that a client made up as the host: %s',
  async (host) => {
    const asked = request(server.url, { headers: { host, accept: 'text/html' } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-security-policy']).toContain(
      "connect-src 'self' ws://localhost wss://localhost;",
    );
  },
);

describe('the sources of the page', () => {
  const root = fileURLToPath(new URL('../../web/', import.meta.url));
  const sources = globSync('{src,public}/**/*.{ts,js,svelte,css}', { cwd: root })
    .filter((path) => !path.includes('.test.'))
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));

  it('put nobody’s words into the page as anything but text', () => {
    expect(sources.length).toBeGreaterThan(100);
    const ways =
      /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function\(/;
    expect(sources.filter(({ text }) => ways.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('open links of others without a way back, and load no picture from elsewhere', () => {
    const links = sources.flatMap(({ text }) => text.match(/<a [^>]*target="_blank"[^>]*>/g) ?? []);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !/rel="[^"]*noopener/.test(link))).toEqual([]);
    const pictures = sources.flatMap(
      ({ text }) => text.match(/<(img|iframe|object|embed)\b[^>]*>/g) ?? [],
    );
    expect(pictures).toEqual([]);
    expect(sources.filter(({ text }) => /url\(\s*['"]?https?:/.test(text))).toEqual([]);
  });

  it('are held to it by lint as well', () => {
    const config = readFileSync(`${root}../eslint.config.js`, 'utf8');
    expect(config).toContain("'svelte/no-at-html-tags': 'error'");
  });
});
