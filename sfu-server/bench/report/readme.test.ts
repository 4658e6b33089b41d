import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withFiguresTable } from './readme.ts';

it('README.md lists the figures as they were kept (npm run docs brings it up to date)', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(withFiguresTable(readme)).toBe(readme);
});
