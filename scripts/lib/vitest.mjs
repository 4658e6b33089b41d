// One vitest run, and what its own report says about it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countTests } from './counts.mjs';
import { withNodeFirst } from './npm.mjs';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';

const REPORT = join(ROOT, 'artifacts', 'test-results.json');

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env on top of our own
 */
export async function runVitest(node, args, env) {
  // An old report must not be taken for this run's.
  rmSync(REPORT, { force: true });
  mkdirSync(dirname(REPORT), { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const { ok } = await run(node, [program, 'run', ...reporters, ...args], {
    cwd: ROOT,
    env: { ...withNodeFirst(node), ...env },
    show: true,
  });
  return countTests(readReport(), ok);
}

function readReport() {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch {
    return undefined;
  }
}
