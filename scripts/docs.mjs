#!/usr/bin/env node
// npm run docs: brings the generated parts of the documentation up to date.
import { join } from 'node:path';
import { exitWith } from './lib/failure.mjs';
import { ROOT } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { setUpTools } from './lib/setup.mjs';

await exitWith(async () => {
  const node = await setUpTools();
  const { ok, output } = await run(node.path, [join(ROOT, 'scripts', 'docs.ts')], { cwd: ROOT });
  process.stdout.write(output);
  return ok ? 0 : 1;
});
