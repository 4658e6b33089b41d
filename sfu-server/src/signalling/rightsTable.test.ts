import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withRightsTable } from './rightsTable.ts';

it('docs/threat-model.md lists the rights as they are (npm run docs brings it up to date)', () => {
  const page = readFileSync(new URL('../../../docs/threat-model.md', import.meta.url), 'utf8');
  expect(withRightsTable(page)).toBe(page);
});
