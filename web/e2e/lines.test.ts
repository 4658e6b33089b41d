/** The faults of lines that take seconds, against the same goals; the rest: `npm run faults -- --all`. */
import { expect, it } from 'vitest';
import { FOLDERS, findScenarios } from '../../sfu-server/faults/catalog.ts';
import { runScenario } from '../../sfu-server/faults/running.ts';

const WITHIN_MS = 120_000;
/**
 * Enough of them that each way of coming back is taken once; all together they take minutes. That only
 * the signal is lost is tried in calls.test.ts.
 */
const PLAYED = ['udp-gone', 'udp-never', 'readdress', 'cut-off'];

const scenarios = await findScenarios(FOLDERS.web);

it.for(scenarios.filter(({ name }) => PLAYED.includes(name)))(
  '$number $name: $title',
  { timeout: WITHIN_MS },
  async (scenario, context) => {
    const verdict = await runScenario(scenario, { short: true, say: () => undefined });
    if (verdict.outcome === 'skipped') context.skip(verdict.because);
    expect(verdict.because).toBeUndefined();
    expect(verdict.figures.filter(({ pass }) => !pass)).toEqual([]);
    expect(verdict.outcome).toBe('pass');
  },
);

it('plays those that there are', () => {
  const names = scenarios.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(PLAYED));
});
