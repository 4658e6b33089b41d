import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isStale, withLock } from './lock.mjs';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'veche-lock-'));
  file = join(folder, 'locks', 'step.lock');
  vi.stubEnv('VECHE_CACHE_DIR', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** @param {number} pid */
function holdBy(pid) {
  writeFileSync(file, JSON.stringify({ pid, host: hostname() }));
}

/** The pid of a process that has ended. */
function deadPid() {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('a lock', () => {
  it('lets one after the other work, and says who waits', async () => {
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    /** @type {string[]} */
    const seen = [];
    /** @param {string} name */
    const work = (name) =>
      withLock('step', async () => {
        seen.push(`${name} begins`);
        await vi.waitUntil(() => said.mock.calls.length > 0);
        seen.push(`${name} ends`);
      });
    await Promise.all([work('one'), work('two')]);
    expect(seen).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
    expect(existsSync(file)).toBe(false);
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('waiting'));
  });

  it('is given back when the work fails', async () => {
    await expect(withLock('step', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('is taken from a holder that has ended', async () => {
    await withLock('step', async () => undefined);
    holdBy(deadPid());
    expect(isStale(file)).toBe(true);
    await expect(withLock('step', async () => 'done')).resolves.toBe('done');
  });

  it('is kept by a holder that lives, but not by one long silent', async () => {
    await withLock('step', async () => undefined);
    holdBy(process.pid);
    expect(isStale(file)).toBe(false);
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(file, longAgo, longAgo);
    expect(isStale(file)).toBe(true);
  });
});
