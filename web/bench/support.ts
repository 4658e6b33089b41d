/** What the browser benchmarks share: summaries, versions, and a deadline for everything. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import packageLock from '../../package-lock.json' with { type: 'json' };

const WITHIN_MS = 20_000;

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? NaN);
};

export const summary = (values: readonly number[]) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  max: percentile(values, 1),
});

export const withDeadline = <T>(promise: Promise<T>, what: string): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`not within ${WITHIN_MS} ms: ${what}`));
      }, WITHIN_MS).unref();
    }),
  ]);

/** What was measured, of which commit, on what. */
export const reportHead = (scenario: string, chromium: string) => {
  const versions = packageLock.packages;
  return {
    scenario,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.versions.node },
    versions: {
      mediasoup: versions['node_modules/mediasoup'].version,
      'mediasoup-client': versions['node_modules/mediasoup-client'].version,
      'socket.io': versions['node_modules/socket.io'].version,
      chromium,
    },
  };
};
