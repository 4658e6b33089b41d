import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forget, renew, signIn, storedAccount } from './account.ts';
import type { AccountPorts } from './ports.ts';

const ana = { token: 'token-1', user: { id: 'user-1', name: 'Ana' } };
let stored: string | null;
const fetching = vi.fn<typeof fetch>();

const ports: AccountPorts = {
  origin: 'http://veche',
  fetch: fetching,
  store: {
    read: () => stored,
    write: (text) => {
      stored = text;
    },
  },
};

const answer = (status: number, body: unknown) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

beforeEach(() => {
  stored = null;
  fetching.mockReset();
});

describe('signing in', () => {
  it('asks the server and remembers', async () => {
    fetching.mockResolvedValueOnce(answer(201, ana));
    await expect(signIn('Ana', ports)).resolves.toEqual(ana);
    expect(storedAccount(ports)).toEqual(ana);
    const [url, options] = fetching.mock.calls[0] ?? [];
    expect(url).toBe('http://veche/api/guest');
    expect(options).toMatchObject({ method: 'POST', body: '{"name":"Ana"}' });
    expect(options?.headers).toEqual({ 'content-type': 'application/json' });
  });

  it('renews with the own token', async () => {
    fetching.mockResolvedValueOnce(answer(201, { ...ana, token: 'token-2' }));
    await renew('Ana', 'token-1', ports);
    expect(fetching.mock.calls[0]?.[1]?.headers).toMatchObject({ authorization: 'Bearer token-1' });
    expect(storedAccount(ports)?.token).toBe('token-2');
  });

  it('says why it was refused', async () => {
    const error = { code: 'RATE_LIMITED', message: 'wait' };
    fetching.mockResolvedValueOnce(answer(429, { error }));
    await expect(signIn('Ana', ports)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(stored).toBeNull();
  });

  it.each([
    [502, '<html>bad gateway</html>', 'UNAVAILABLE'],
    [404, '<html>not here</html>', 'INTERNAL'],
    [201, { token: 7 }, 'INTERNAL'],
  ])('makes sense of %i %j', async (status, body, code) => {
    fetching.mockResolvedValueOnce(answer(status, body));
    await expect(signIn('Ana', ports)).rejects.toMatchObject({ code });
  });

  it('knows when nobody answered', async () => {
    fetching.mockRejectedValueOnce(new TypeError('network'));
    await expect(signIn('Ana', ports)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      answered: false,
    });
  });
});

describe('what is stored', () => {
  it.each(['', 'not json', '{"token":1}', '[]'])('is nobody if it is %j', (text) => {
    stored = text;
    expect(storedAccount(ports)).toBeNull();
  });

  it('is forgotten unless it was renewed meanwhile', () => {
    stored = JSON.stringify(ana);
    forget('an-older-token', ports);
    expect(storedAccount(ports)).toEqual(ana);
    forget('token-1', ports);
    expect(storedAccount(ports)).toBeNull();
  });
});
