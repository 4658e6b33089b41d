#!/usr/bin/env node
// npm run sbom: prints what a production server is made of (CycloneDX), from the lock file alone.
import { exitWith } from './lib/failure.mjs';
import { npm } from './lib/npm.mjs';
import { ROOT } from './lib/paths.mjs';
import { setUpTools } from './lib/setup.mjs';

const ARGS = ['sbom', '--sbom-format', 'cyclonedx', '--omit=dev', '--package-lock-only'];

await exitWith(async () => {
  const node = await setUpTools();
  const { ok, output } = await npm(node.path, [...ARGS, '--loglevel', 'error'], { cwd: ROOT });
  (ok ? process.stdout : process.stderr).write(`${output}\n`);
  return ok ? 0 : 1;
});
