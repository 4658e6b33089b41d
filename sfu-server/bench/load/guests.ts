/** Guests of a server that somebody else started, with its limits. */
import { GuestAnswer, HttpRefusal } from '@veche/protocol';
import { TestClient } from '../../test/support/testClient.ts';
import { BenchError } from './refusals.ts';

/** @throws BenchError where no server of ours answers there, or it is not ready */
export const checkServer = async (url: string): Promise<void> => {
  if (!URL.canParse(url)) throw new BenchError(`--url takes an address, not '${url}'.`);
  let status: number;
  try {
    ({ status } = await fetch(new URL('/readyz', url)));
  } catch {
    throw new BenchError(`Nothing answers at ${url}: start the server there, or give its --url.`);
  }
  if (status === 503) throw new BenchError(`The server at ${url} is not ready for people.`);
  if (status !== 200) throw new BenchError(`What answers at ${url} is not this server.`);
};

/** Signed in, connected and welcomed. @throws what the server answers, with its code */
export const connectGuest = async (url: string, name: string): Promise<TestClient> => {
  const response = await fetch(new URL('/api/guest', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const { code, message } = HttpRefusal.parse(body).error;
    throw Object.assign(new Error(message), { code });
  }
  return TestClient.connect(url, { name, token: GuestAnswer.parse(body).token });
};
