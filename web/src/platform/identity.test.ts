import { beforeEach, describe, expect, it } from 'vitest';
import { accountStore, tabDeviceId, type TabEnvironment } from './identity.ts';

/** Locks of one browser, as far as they are used. */
class FakeLocks {
  readonly held = new Map<string, () => void>();
  readonly #queue = new Map<string, (() => void)[]>();

  request = (
    name: string,
    options: LockOptions,
    callback: LockGrantedCallback<unknown>,
  ): Promise<never> =>
    new Promise((_, reject) => {
      const grant = () => {
        this.held.set(name, () => {
          this.held.delete(name);
          this.#queue.get(name)?.shift()?.();
        });
        void callback({ name, mode: 'exclusive' });
      };
      if (!this.held.has(name)) {
        grant();
        return;
      }
      const waiting = [...(this.#queue.get(name) ?? []), grant];
      this.#queue.set(name, waiting);
      options.signal?.addEventListener('abort', () => {
        this.#queue.set(
          name,
          waiting.filter((other) => other !== grant),
        );
        reject(Object.assign(new Error('too late'), { name: 'AbortError' }));
      });
    });

  /** The page is gone. */
  free(name: string): void {
    this.held.get(name)?.();
  }
}

let locks: FakeLocks;
let ids: number;

beforeEach(() => {
  locks = new FakeLocks();
  ids = 0;
});

function tab(stored: string | null, more: Partial<TabEnvironment> = {}) {
  let text = stored;
  const environment: TabEnvironment = {
    store: {
      read: () => text,
      write: (value) => {
        text = value;
      },
    },
    locks: locks as unknown as LockManager,
    reloaded: () => false,
    newId: () => `device-${(ids += 1)}`,
    ...more,
  };
  return environment;
}

describe('the device id', () => {
  it('is new in a new tab and kept over a reload', async () => {
    const first = tab(null);
    const id = await tabDeviceId(first);
    expect(id).toBe('device-1');
    locks.free(`veche.device.${id}`);
    await expect(tabDeviceId(tab(first.store.read()))).resolves.toBe(id);
  });

  it('is kept when the former page is a little late', async () => {
    const first = tab(null);
    const id = await tabDeviceId(first);
    const again = tabDeviceId(tab(first.store.read()));
    locks.free(`veche.device.${id}`);
    await expect(again).resolves.toBe(id);
  });

  it('is another one in a duplicated tab, and stays so there', async () => {
    const original = tab(null);
    const id = await tabDeviceId(original);
    const duplicate = tab(original.store.read());
    const other = await tabDeviceId(duplicate);
    expect(other).toBe('device-2');
    expect(duplicate.store.read()).toBe(other);
    expect([...locks.held.keys()]).toEqual([`veche.device.${id}`, `veche.device.${other}`]);
  });

  it('is new when something else was stored', async () => {
    await expect(tabDeviceId(tab('no id!'))).resolves.toBe('device-1');
  });

  it('goes by the kind of loading where there are no locks', async () => {
    const bare = { locks: undefined };
    await expect(tabDeviceId(tab('device-of-tab', bare))).resolves.toBe('device-1');
    await expect(
      tabDeviceId(tab('device-of-tab', { ...bare, reloaded: () => true })),
    ).resolves.toBe('device-of-tab');
  });

  it('does so too where locks are forbidden', async () => {
    const forbidden = {
      locks: {
        request: () => Promise.reject(Object.assign(new Error(''), { name: 'SecurityError' })),
      } as unknown as LockManager,
    };
    await expect(
      tabDeviceId(tab('device-of-tab', { ...forbidden, reloaded: () => true })),
    ).resolves.toBe('device-of-tab');
  });
});

describe('the account', () => {
  it('is remembered by the page where there is no storage', () => {
    accountStore.write('someone');
    expect(accountStore.read()).toBe('someone');
    accountStore.write(null);
    expect(accountStore.read()).toBeNull();
  });
});
