#!/usr/bin/env node
// npm run revoke -- USERID: takes all tokens of a person away.
import { join } from 'node:path';
import { exitWith } from './lib/failure.mjs';
import { ROOT } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { setUpTools } from './lib/setup.mjs';

await exitWith(async () => {
  const node = await setUpTools();
  const program = join(ROOT, 'sfu-server', 'src', 'revoke.ts');
  const args = [program, ...process.argv.slice(2)];
  const { code } = await run(node.path, args, { cwd: ROOT, show: true });
  return code ?? 1;
});
