/** A benchmark with a browser that is stopped leaves neither its server nor Chromium behind. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { descendantsOf, isAlive } from '../../sfu-server/test/support/process.ts';
import { until } from '../../sfu-server/test/support/wait.ts';

const BENCH = fileURLToPath(new URL('../bench/join.ts', import.meta.url));
const STARTED_WITHIN_MS = 40_000;
const GONE_WITHIN_MS = 15_000;

const seen = new Set<number>();

afterEach(() => {
  for (const pid of seen) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  seen.clear();
});

const runs = (pids: readonly number[], what: string): boolean =>
  pids.some((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(what));

it.for(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('when it is stopped by %s', async (signal) => {
  const bench = spawn(process.execPath, [BENCH], { stdio: 'ignore' });
  const { pid = 0 } = bench;
  seen.add(pid);
  await until(
    () => {
      try {
        const all = descendantsOf(pid);
        for (const one of all) seen.add(one);
        // A page that draws: the benchmark is under way.
        return runs(all, 'mediasoup-worker') && runs(all, '--type=renderer');
      } catch {
        // One of them ended while it was looked at.
        return false;
      }
    },
    'server and browser run',
    STARTED_WITHIN_MS,
  );
  process.kill(pid, signal);
  await until(
    () => (bench.exitCode ?? bench.signalCode) !== null && ![...seen].some(isAlive),
    () => `all are gone, but ${[...seen].filter(isAlive).join(', ')}`,
    GONE_WITHIN_MS,
  );
  expect([bench.exitCode, bench.signalCode]).toEqual(
    { SIGTERM: [143, null], SIGINT: [130, null], SIGKILL: [null, 'SIGKILL'] }[signal],
  );
});
