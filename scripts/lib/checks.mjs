// The checks that only look at the source. All of them run, whatever the others say.
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';
import { formatDuration } from './terminal.mjs';

/** @typedef {{ name: string, program: string, args: string[], folder?: string }} Check */

/** @type {readonly Check[]} */
const CHECKS = [
  {
    name: 'format',
    program: 'prettier/bin/prettier.cjs',
    args: ['--check', '--log-level=warn', '.'],
  },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['--max-warnings=0', '.'] },
  { name: 'types', program: 'typescript/bin/tsc', args: ['-p', 'tsconfig.json', '--noEmit'] },
  {
    name: 'types of the web client',
    program: 'svelte-check/bin/svelte-check',
    args: ['--tsconfig', './tsconfig.json', '--fail-on-warnings'],
    folder: 'web',
  },
  { name: 'unused code', program: 'knip/bin/knip.js', args: [] },
];

/**
 * @param {string} node
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks(node) {
  /** @type {string[]} */
  const failed = [];
  const waiting = [...CHECKS];
  const next = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await runCheck(node, check))) failed.push(check.name);
    }
  };
  // They are independent and each mostly uses one core.
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, next));
  return failed;
}

/**
 * @param {string} node
 * @param {Check} check
 */
async function runCheck(node, { name, program, args, folder = '.' }) {
  const start = performance.now();
  const { ok, output } = await run(node, [join(ROOT, 'node_modules', program), ...args], {
    cwd: join(ROOT, folder),
    // They write into a pipe, but what they say ends on our terminal.
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  const duration = formatDuration(performance.now() - start);
  if (ok) process.stdout.write(`check: ${name}: good (${duration})\n`);
  else process.stdout.write(`check: ${name}: FAILED (${duration})\n\n${output}\n\n`);
  return ok;
}
