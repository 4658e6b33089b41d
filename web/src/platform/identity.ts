/** Who this browser and this tab are: the account in localStorage, a device id for each tab. */
import type { TextStore } from '../session/ports.ts';

const ACCOUNT_KEY = 'veche.account';
const DEVICE_KEY = 'veche.device';
/** A reload may come before the browser has freed the lock of the page before it. */
const LOCK_WITHIN_MS = 300;

/** The storage may be full, forbidden or missing: then it is remembered as long as the page lives. */
function storeIn(storage: () => Storage, key: string): TextStore {
  let remembered: string | null = null;
  return {
    read: () => {
      try {
        return storage().getItem(key) ?? remembered;
      } catch {
        return remembered;
      }
    },
    write: (text) => {
      remembered = text;
      try {
        if (text === null) storage().removeItem(key);
        else storage().setItem(key, text);
      } catch {
        // Only this page knows it then.
      }
    },
  };
}

/** Where the session keeps the account. */
export const accountStore: TextStore = storeIn(() => localStorage, ACCOUNT_KEY);

export interface TabEnvironment {
  readonly store: TextStore;
  /** Missing on insecure pages. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /** Whether the page was loaded again in its tab. */
  readonly reloaded: () => boolean;
  readonly newId: () => string;
}

const thisTab = (): TabEnvironment => ({
  store: storeIn(() => sessionStorage, DEVICE_KEY),
  locks: 'locks' in navigator ? navigator.locks : undefined,
  reloaded: () => {
    const [navigation] = performance.getEntriesByType('navigation');
    return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
  },
  newId,
});

/**
 * The device id of this tab: the same after a reload, another one in a duplicated tab. A duplicate
 * starts with a copy of sessionStorage, so the id is also held as a lock as long as the page lives.
 */
export async function tabDeviceId(tab: TabEnvironment = thisTab()): Promise<string> {
  const stored = tab.store.read();
  if (stored !== null && /^[A-Za-z0-9_-]{8,64}$/.test(stored)) {
    const lock = await take(tab.locks, stored);
    if (lock === 'ours' || (lock === 'unknown' && tab.reloaded())) return stored;
  }
  const id = tab.newId();
  tab.store.write(id);
  await take(tab.locks, id);
  return id;
}

/** Takes the lock for as long as the page lives. */
async function take(
  locks: TabEnvironment['locks'],
  id: string,
): Promise<'ours' | 'taken' | 'unknown'> {
  if (!locks) return 'unknown';
  const waiting = new AbortController();
  const timer = setTimeout(() => {
    waiting.abort();
  }, LOCK_WITHIN_MS);
  try {
    await new Promise<void>((granted, failed) => {
      const hold = () => {
        granted();
        // Never settled: the browser frees the lock when the page goes.
        return new Promise<never>(() => undefined);
      };
      locks.request(`${DEVICE_KEY}.${id}`, { signal: waiting.signal }, hold).catch(failed);
    });
    return 'ours';
  } catch {
    // Locks may also be forbidden here.
    return waiting.signal.aborted ? 'taken' : 'unknown';
  } finally {
    clearTimeout(timer);
  }
}

/** 128 random bits; `crypto.randomUUID` does not exist on insecure pages. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
