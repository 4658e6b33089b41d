#!/usr/bin/env node
// npm test: sets up what is missing, checks the source, runs the tests, closes with one line of counts.
import { runChecks } from './lib/checks.mjs';
import { formatCounts } from './lib/counts.mjs';
import { exitWith } from './lib/failure.mjs';
import { interruptOnSignals } from './lib/interrupt.mjs';
import { parseTest } from './lib/options.mjs';
import { setUpTests, setUpTools } from './lib/setup.mjs';
import { formatDuration } from './lib/terminal.mjs';
import { runVitest } from './lib/vitest.mjs';

await exitWith(async () => {
  const options = parseTest(process.argv.slice(2));
  if (options.help !== undefined) {
    print(options.help);
    return 0;
  }
  interruptOnSignals();
  const start = performance.now();
  if (!options.tests) {
    const node = await setUpTools();
    const failedChecks = await runChecks(node.path);
    print(
      failedChecks.length > 0 ? `check: FAILED: ${failedChecks.join(', ')}` : 'check: all good',
    );
    return failedChecks.length > 0 ? 1 : 0;
  }

  const { node, worker, chromium } = await setUpTests();
  const failedChecks = options.checks ? await runChecks(node.path) : [];
  const counts = await runVitest(node.path, options.vitest, {
    MEDIASOUP_WORKER_BIN: worker,
    CHROMIUM_BIN: chromium,
  });
  for (const remark of counts.remarks) print(`test: ${remark}`);
  print(`test: finished after ${formatDuration(performance.now() - start)}`);
  if (failedChecks.length > 0) print(`check: FAILED: ${failedChecks.join(', ')}`);
  print(formatCounts(counts));
  return failedChecks.length > 0 || counts.failed > 0 ? 1 : 0;
});

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}
