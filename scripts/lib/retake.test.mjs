import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { countTests } from './counts.mjs';
import { ROOT } from './paths.mjs';

it('takes again what misses while the host takes the machine, says so, and takes nothing else again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'veche-retake-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const reportFile = join(folder, 'report.json');
  const { status } = spawnSync(process.execPath, [
    join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    `--config=${join(import.meta.dirname, 'retakeProof', 'vitest.config.mjs')}`,
  ]);
  expect(status).toBe(1);
  /** @type {import('./counts.mjs').Report} */
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const tests = new Map(
    report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.map((test) => [test.fullName, test]),
    ),
  );
  const statusOf = (/** @type {string} */ name) => tests.get(name)?.status;
  const missesOf = (/** @type {string} */ name) =>
    (tests.get(name)?.failureMessages ?? []).map((message) => message.split('\n', 1)[0]);

  const taken = 'Error: the host took 50 % of the machine for a second of this test';
  const missed = 'AssertionError: expected 1 to be 2 // Object.is equality';
  expect(statusOf('misses once, disturbed')).toBe('passed');
  expect(statusOf('leaves once, disturbed')).toBe('passed');
  expect(statusOf('misses always, disturbed')).toBe('failed');
  expect(missesOf('misses always, disturbed').filter((it) => it !== taken)).toEqual(
    [1, 2, 3, 4].map((tries) => `Error: missed ${tries}`),
  );
  expect(statusOf('misses once, in peace')).toBe('failed');
  expect(missesOf('misses once, in peace')).toEqual([missed]);
  expect(missesOf('holds, disturbed')).toEqual([]);

  const file = join(import.meta.dirname, 'retakeProof', 'missing.mjs');
  const because = `passed when it was taken again, because ${taken.slice('Error: '.length, -' for a second of this test'.length)}`;
  expect(countTests(report, false)).toEqual({
    passed: 3,
    failed: 2,
    skipped: 0,
    remarks: [
      `${file}: misses once, disturbed: ${because}; it had missed: ${missed}`,
      `${file}: leaves once, disturbed: ${because}; it had missed: Error: something is left`,
    ],
  });
}, 30_000);
