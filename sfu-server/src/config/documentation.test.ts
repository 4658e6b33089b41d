import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withSettingsTable } from './documentation.ts';

it('README.md lists the settings as they are (npm run docs brings it up to date)', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(withSettingsTable(readme)).toBe(readme);
});
