#!/usr/bin/env node
// npm run audit: known weaknesses of what a production server runs with.
import { exitWith } from './lib/failure.mjs';
import { npm } from './lib/npm.mjs';
import { ROOT } from './lib/paths.mjs';
import { setUpTools } from './lib/setup.mjs';
import { whyNoAudit } from './lib/supply.mjs';

await exitWith(async () => {
  const node = await setUpTools();
  const { ok, output } = await npm(node.path, ['audit', '--omit=dev'], { cwd: ROOT });
  const reason = ok ? null : whyNoAudit(output);
  if (reason === null) {
    process.stdout.write(`${output}\n`);
    return ok ? 0 : 1;
  }
  process.stdout.write(
    `Skipped: ${reason}. What stands instead: the least versions that scripts/lib/supply.test.mjs asks for.\n`,
  );
  return 0;
});
