/** What came of a scenario, kept for the table in the README. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { originOf } from './report.ts';
import type { Verdict } from './running.ts';

/** Committed; one file for each scenario. */
const DIRECTORY = fileURLToPath(new URL('../../docs/figures/faults/', import.meta.url));

const Value = z.union([z.number(), z.string(), z.boolean()]);

const SavedScenario = z.object({
  at: z.iso.datetime(),
  commit: z.string(),
  /** Files that differed from the commit. */
  changed: z.number(),
  machine: z.object({ cpus: z.number(), model: z.string(), kernel: z.string(), node: z.string() }),
  stolenPercent: z.number().nullable(),
  versions: z.record(z.string(), z.string()),
  scenario: z.object({
    name: z.string(),
    number: z.number(),
    title: z.string(),
    injects: z.string(),
    outcome: z.enum(['pass', 'miss']),
    seconds: z.number(),
    figures: z.array(
      z.object({
        what: z.string(),
        value: Value,
        unit: z.exactOptional(z.string()),
        goal: z.exactOptional(
          z.union([
            z.object({ atMost: z.number() }),
            z.object({ atLeast: z.number() }),
            z.object({ exactly: Value }),
          ]),
        ),
        pass: z.boolean(),
      }),
    ),
  }),
});
export type SavedScenario = z.output<typeof SavedScenario>;

/** Null where it measured to its end, else why there is nothing to keep. */
export const whyNotToKeep = ({ outcome, because, figures }: Verdict): string | null => {
  if (outcome === 'skipped') return 'it was skipped';
  if (because !== undefined || figures.length === 0) return 'it did not come to its end';
  const unknown = figures.find(({ value }) => Number.isNaN(value));
  return unknown ? `nothing was measured: ${unknown.what}` : null;
};

/** @param stolenPercent what the host took of the machine's time meanwhile */
export const keep = (scenario: Verdict, stolenPercent: number | null): void => {
  const saved = { at: new Date().toISOString(), ...originOf(), stolenPercent, scenario };
  mkdirSync(DIRECTORY, { recursive: true });
  const text = `${JSON.stringify(SavedScenario.parse(saved), null, 2)}\n`;
  writeFileSync(`${DIRECTORY}${scenario.name}.json`, text);
};

/** By row. */
export const savedScenarios = (): SavedScenario[] => {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.json'))
    .map((file) => SavedScenario.parse(JSON.parse(readFileSync(`${DIRECTORY}${file}`, 'utf8'))))
    .toSorted(
      ({ scenario: a }, { scenario: b }) => a.number - b.number || a.name.localeCompare(b.name),
    );
};
