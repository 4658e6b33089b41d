/** The table of figures in the README, made from the reports that were kept. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { FIGURES_DIRECTORY } from './report.ts';
import { figuresSources, figuresTable } from './table.ts';

const START = '<!-- figures: made by `npm run docs` -->';
const END = '<!-- end of figures -->';

const numbers = z.record(z.string(), z.number());

const SavedReport = z.object({
  scenario: z.string(),
  at: z.iso.datetime(),
  commit: z.string(),
  machine: z.object({ model: z.string(), cpus: z.number(), memoryGb: z.number() }),
  // Those of before it was counted lack it.
  stolenPercent: z.number().nullable().default(null),
  versions: z.record(z.string(), z.string()),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
  figures: z.array(
    z.object({
      code: z.exactOptional(z.string()),
      what: z.string(),
      unit: z.enum(['ms', 's', 'µs', 'KB', 'MB', '%', '×', '']),
      values: numbers,
      reach: z.exactOptional(
        z.object({
          of: z.string(),
          most: z.exactOptional(z.number()),
          least: z.exactOptional(z.number()),
        }),
      ),
    }),
  ),
  details: z.unknown(),
});
type SavedReport = z.output<typeof SavedReport>;

/** By scenario, as they were kept with `--save`. */
const savedReports = (): SavedReport[] => {
  if (!existsSync(FIGURES_DIRECTORY)) return [];
  return readdirSync(FIGURES_DIRECTORY)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) =>
      SavedReport.parse(JSON.parse(readFileSync(`${FIGURES_DIRECTORY}${file}`, 'utf8'))),
    );
};

/** The README with its table of figures brought up to date. */
export const withFiguresTable = (readme: string): string => {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md lacks the lines ${START} and ${END}`);
  const reports = savedReports();
  const made =
    reports.length === 0
      ? 'None is kept yet.'
      : [figuresTable(reports), figuresSources(reports)]
          .map((text) => `<!-- prettier-ignore -->\n${text}`)
          .join('\n\n');
  return `${readme.slice(0, start)}${START}\n\n${made}\n\n${readme.slice(end)}`;
};
