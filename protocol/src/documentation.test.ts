import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { documentProtocol } from './documentation.ts';

it('PROTOCOL.md says what the tables say (npm run docs brings it up to date)', () => {
  const written = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
  expect(written).toBe(documentProtocol());
});
