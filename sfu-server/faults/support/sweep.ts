/** A sweep of the server's tests as a scenario: how many cases there were, and that all held. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Context, Figure } from '../scenario.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const WITHIN_MS = 600_000;

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** @param files from the project's root */
export const sweep = (
  { say, after }: Context,
  files: readonly string[],
  leastCases: number,
): Figure[] => {
  const directory = mkdtempSync(join(tmpdir(), 'veche-faults-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });
  const file = join(directory, 'report.json');
  const args = ['run', '--project', 'server', '--reporter=json', `--outputFile=${file}`, ...files];
  const { status } = spawnSync(process.execPath, [VITEST, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: WITHIN_MS,
  });
  const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const cases = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const it of cases.filter((one) => one.status === 'failed')) say(it.fullName);
  return [
    { what: 'cases that held', value: report.numPassedTests, goal: { atLeast: leastCases } },
    { what: 'cases that did not', value: report.numFailedTests, goal: { exactly: 0 } },
    { what: 'cases skipped', value: report.numPendingTests, goal: { exactly: 0 } },
    { what: 'exit code', value: status ?? -1, goal: { exactly: 0 } },
  ];
};
