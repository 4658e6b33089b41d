/** The faults that take seconds, with fewer repetitions, against the same goals. */
import { expect, it } from 'vitest';
import { FOLDERS, findScenarios } from './catalog.ts';
import { runScenario } from './running.ts';

const WITHIN_MS = 120_000;

const scenarios = await findScenarios(FOLDERS.server);

const chosen = scenarios.filter(
  ({ takesSeconds, amongTests, needs }) => takesSeconds && amongTests && needs.length === 0,
);

it.for(chosen)('$number $name: $title', { timeout: WITHIN_MS }, async (scenario) => {
  const verdict = await runScenario(scenario, { short: true, say: () => undefined });
  expect(verdict.because).toBeUndefined();
  expect(verdict.figures.filter(({ pass }) => !pass)).toEqual([]);
  expect(verdict.outcome).toBe('pass');
});
