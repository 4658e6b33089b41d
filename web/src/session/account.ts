/** Who this device is signed in as: a guest's name and token, kept over page loads. */
import { GuestAnswer, HttpRefusal } from '@veche/protocol';
import { RequestError } from './errors.ts';
import type { AccountPorts } from './ports.ts';

/** A token and whose it is. */
export type Account = GuestAnswer;

/** Longer than a request on the socket: it may be the first contact with the server. */
const SIGN_IN_TIMEOUT_MS = 10_000;

/** Signs in as somebody new and remembers it. */
export const signIn = (name: string, ports: AccountPorts): Promise<Account> =>
  register(name, null, ports);

/** The same person under this name (the old one renews the token), with a fresh token. */
export const renew = (name: string, token: string, ports: AccountPorts): Promise<Account> =>
  register(name, token, ports);

/** Who signed in here before, or null. */
export function storedAccount(ports: Pick<AccountPorts, 'store'>): Account | null {
  const text = ports.store.read();
  if (text === null) return null;
  try {
    return GuestAnswer.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Forgets a token that the server no longer takes, unless a newer one is stored. */
export function forget(token: string, ports: Pick<AccountPorts, 'store'>): void {
  if (storedAccount(ports)?.token === token) ports.store.write(null);
}

async function register(name: string, token: string | null, ports: AccountPorts): Promise<Account> {
  const answer = await post(name, token, ports);
  if (!answer.ok) {
    const refusal = HttpRefusal.safeParse(answer.body);
    if (refusal.success)
      throw new RequestError(refusal.data.error.code, refusal.data.error.message);
    throw new RequestError(answer.status < 500 ? 'INTERNAL' : 'UNAVAILABLE', 'sign-in failed');
  }
  const account = GuestAnswer.safeParse(answer.body);
  if (!account.success) throw RequestError.nonsense('sign-in');
  ports.store.write(JSON.stringify(account.data));
  return account.data;
}

async function post(
  name: string,
  token: string | null,
  ports: AccountPorts,
): Promise<{ ok: boolean; status: number; body: unknown }> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  try {
    const answer = await ports.fetch(`${ports.origin}/api/guest`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name }),
      signal: AbortSignal.timeout(SIGN_IN_TIMEOUT_MS),
    });
    // A proxy's page is no JSON; what it is then is told by the status.
    const body: unknown = await answer.json().catch(() => null);
    return { ok: answer.ok, status: answer.status, body };
  } catch {
    throw RequestError.offline('sign-in');
  }
}
