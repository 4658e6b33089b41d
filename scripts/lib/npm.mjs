// How to call npm: the one that started us, or the one on PATH, run by the Node of our choice.
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { run } from './run.mjs';

/**
 * @param {string} node the binary that shall run npm
 * @param {readonly string[]} args
 * @param {{ cwd: string }} options
 */
export async function npm(node, args, { cwd }) {
  const env = withNodeFirst(node);
  // `npm run -s` hands its silence on, and then nobody would learn why this one failed.
  if (env['npm_config_loglevel'] === 'silent') env['npm_config_loglevel'] = 'notice';
  const script = npmScript(process.env);
  const result = script
    ? await run(node, [script, ...args], { cwd, env })
    : await run('npm', args, { cwd, env });
  return result;
}

/**
 * npm names its own script to what it starts. Other package managers use the same variable.
 * @param {NodeJS.ProcessEnv} env
 */
function npmScript(env) {
  const script = env['npm_execpath'];
  return script?.endsWith('npm-cli.js') && existsSync(script) ? script : undefined;
}

/**
 * An environment in which plain `node`, too, means this binary.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function withNodeFirst(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
}

/**
 * Why npm failed: it says so first, and goes on with help that helps nobody.
 * @param {string} output
 */
export function npmReason(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, ''));
  const said = lines.filter((line) => line.trim() !== '' && !line.startsWith('npm warn'));
  return said.slice(0, 8).join('\n');
}
