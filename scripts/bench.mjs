#!/usr/bin/env node
// npm run bench -- NAME: measures, and prints JSON.
import { exitWith } from './lib/failure.mjs';
import { runProgram } from './lib/program.mjs';

/** @type {Record<string, string>} */
const SCENARIOS = {
  calls: 'sfu-server/bench/calls.ts',
  join: 'web/bench/join.ts',
  'call-media': 'web/bench/callMedia.ts',
};

await exitWith(async () => {
  const [name = ''] = process.argv.slice(2);
  const file = SCENARIOS[name];
  if (file !== undefined) return runProgram(file);
  process.stderr.write(`usage: npm run bench -- ${Object.keys(SCENARIOS).join(' | ')}\n`);
  return 2;
});
