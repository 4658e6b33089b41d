#!/usr/bin/env node
// npm run faults -- [NAME ...]: breaks things on purpose and measures what comes of it.
import { exitWith } from './lib/failure.mjs';
import { runProgram } from './lib/program.mjs';

await exitWith(() => runProgram('sfu-server/faults/main.ts', process.argv.slice(2)));
