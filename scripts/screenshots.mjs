#!/usr/bin/env node
// npm run screenshots: a picture of each page, to look at.
import { exitWith } from './lib/failure.mjs';
import { runProgram } from './lib/program.mjs';

await exitWith(() => runProgram('web/e2e/screenshots.ts', process.argv.slice(2)));
