#!/usr/bin/env node
// npm run bench -- NAME: measures, and prints a table, or JSON.
import { parseBench } from './lib/benchmarks.mjs';
import { exitWith } from './lib/failure.mjs';
import { runProgram } from './lib/program.mjs';
import { speakOn } from './lib/terminal.mjs';

await exitWith(async () => {
  const chosen = parseBench(process.argv.slice(2));
  if (chosen.help !== undefined) {
    process.stdout.write(`${chosen.help}\n`);
    return 0;
  }
  // Standard output is for the results alone.
  speakOn(process.stderr);
  return runProgram(chosen.file, chosen.args, { chromium: chosen.chromium });
});
