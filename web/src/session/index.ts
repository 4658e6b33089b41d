/** The headless client: sign in, start a session, join a room, call somebody. */
import { signIn as signInWith, storedAccount as storedWith, type Account } from './account.ts';
import type { Session } from './api.ts';
import { browserDevice } from './device.ts';
import { consoleLog, realTimers, type AccountPorts, type SessionPorts } from './ports.ts';
import { SignedInSession } from './session.ts';

export type * from './api.ts';
export type { Account } from './account.ts';
export type { AccountPorts, Log, SessionPorts, TextStore, Timers } from './ports.ts';
export { browserDevice } from './device.ts';
export { MicrophoneError, RequestError } from './errors.ts';
export { Observable } from './observable.ts';
export { silentLog, steadyNow } from './ports.ts';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/** What the caller brings; the rest has a default. */
export type StartPorts = Optional<SessionPorts, 'fetch' | 'createDevice' | 'log' | 'timers'>;
export type SignInPorts = Optional<AccountPorts, 'fetch'>;

/** Unbound, `fetch` refuses to work. */
const pageFetch: typeof fetch = (input, init) => fetch(input, init);

/** Who signed in on this device before, or null: then ask for a name and call `signIn`. */
export const storedAccount = (ports: Pick<AccountPorts, 'store'>): Account | null =>
  storedWith(ports);

/** Signs in as somebody new; rejects with a `RequestError`. */
export const signIn = (name: string, ports: SignInPorts): Promise<Account> =>
  signInWith(name, { fetch: pageFetch, ...ports });

/** Connects; the session is usable at once and tells by `connection` how far it is. */
export const startSession = (account: Account, ports: StartPorts): Session =>
  new SignedInSession(account, {
    fetch: pageFetch,
    createDevice: browserDevice,
    log: consoleLog,
    timers: realTimers,
    ...ports,
  });
