/** The judge of the scenarios: what misses is never taken for a pass. */
import { expect, it } from 'vitest';
import { runScenario } from './running.ts';
import { holds, Scenario } from './scenario.ts';
import type { Figure } from './scenario.ts';

const scenario = (run: Scenario['run']): Scenario =>
  new Scenario({ name: 'some', number: 1, title: 'Some', injects: 'Nothing.', seconds: 1, run });
const judge = (run: Scenario['run']) =>
  runScenario(scenario(run), { short: true, say: () => undefined });
const figures = (...values: Figure[]) => judge(() => Promise.resolve(values));

it.each<[Figure['value'], NonNullable<Figure['goal']>, boolean]>([
  [5, { atMost: 5 }, true],
  [5.1, { atMost: 5 }, false],
  [5, { atLeast: 5 }, true],
  [4.9, { atLeast: 5 }, false],
  [NaN, { atMost: 5 }, false],
  [NaN, { atLeast: 5 }, false],
  ['5', { atMost: 5 }, false],
  [0, { exactly: 0 }, true],
  [false, { exactly: 0 }, false],
  ['hangup', { exactly: 'hangup' }, true],
])('%s with the goal %o: %s', (value, goal, expected) => {
  expect(holds({ what: 'it', value, goal })).toBe(expected);
});

it('passes where every goal is met, and misses where one is not', async () => {
  const met = { what: 'met', value: 1, goal: { atMost: 1 } };
  const told = { what: 'told', value: 1 };
  expect((await figures(met, told)).outcome).toBe('pass');
  expect((await figures(met, { ...met, value: 2 })).outcome).toBe('miss');
});

it('misses where nothing was judged, and where something was thrown', async () => {
  expect((await figures({ what: 'told', value: 1 })).because).toContain('no figure has a goal');
  const verdict = await judge(() => Promise.reject(new Error('broken')));
  expect(verdict).toMatchObject({ outcome: 'miss', figures: [] });
  expect(verdict.because).toContain('broken');
});

it('undoes everything, the last first, also after an error; what fails then is a miss', async () => {
  const undone: number[] = [];
  const verdict = await judge(({ after }) => {
    after(() => undone.push(1));
    after(() => Promise.reject(new Error('stuck')));
    after(() => undone.push(2));
    return Promise.resolve([{ what: 'met', value: 1, goal: { exactly: 1 } }]);
  });
  expect(undone).toEqual([2, 1]);
  expect(verdict.outcome).toBe('miss');
  expect(verdict.because).toContain('stuck');
});
