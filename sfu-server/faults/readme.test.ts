import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { faultsTable, withFaultsTable } from './readme.ts';
import { whyNotToKeep } from './saved.ts';
import type { SavedScenario } from './saved.ts';

const SAVED: SavedScenario = {
  at: '2031-02-03T04:05:06.000Z',
  commit: 'abc1234',
  changed: 0,
  machine: { cpus: 2, model: 'Some CPU', kernel: '6.1', node: '24.1.0' },
  stolenPercent: 0.5,
  versions: { mediasoup: '3.27.1' },
  scenario: {
    name: 'noise',
    number: 7,
    title: 'Noise',
    injects: 'A bang | a boom.',
    outcome: 'miss',
    seconds: 3,
    figures: [
      { what: 'bangs', value: 3, pass: true },
      { what: 'heard after, p95', value: 1234.5, unit: 'ms', goal: { atMost: 2000 }, pass: true },
      { what: 'ends', value: 'hangup', goal: { exactly: 'hangup' }, pass: true },
      { what: 'share heard', value: 0.5, goal: { atLeast: 0.9 }, pass: false },
      { what: 'left over', value: 2, unit: 'calls', goal: { exactly: 0 }, pass: false },
    ],
  },
};

it('README.md lists the faults as they were kept (npm run docs brings it up to date)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(withFaultsTable(readme)).toBe(readme);
});

it('what was judged of a fault is a row, and what was missed says so', () => {
  const lines = faultsTable([SAVED]).split('\n');
  expect(lines[3]).toBe(
    '| `7` (`noise`) | A bang \\| a boom. | heard after, p95: 1,235 ms (≤ 2,000); ends: hangup; ' +
      'share heard: 0.5 (≥ 0.9, missed); left over: 2 calls (0 calls, missed) |',
  );
  expect(lines.at(-1)).toBe(
    '- `noise`: 2 × Some CPU; Node 24.1.0, mediasoup 3.27.1; commit abc1234, 2031-02-03; ' +
      'its host took 0.5 % of its time meanwhile',
  );
});

it('nothing is kept of what did not come to its end', () => {
  const { scenario } = SAVED;
  const [told] = scenario.figures;
  expect(whyNotToKeep(scenario)).toBeNull();
  expect(whyNotToKeep({ ...scenario, because: 'Error: no' })).toContain('its end');
  expect(whyNotToKeep({ ...scenario, outcome: 'skipped', figures: [] })).toContain('skipped');
  const unknown = { what: 'how loud', value: NaN, pass: false };
  expect(whyNotToKeep({ ...scenario, figures: [...(told ? [told] : []), unknown] })).toContain(
    'how loud',
  );
});
