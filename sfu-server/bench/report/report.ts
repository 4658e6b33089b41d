/** What a benchmark says in the end: the figures, and of which commit, versions and machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import packageLock from '../../../package-lock.json' with { type: 'json' };
import type { BenchOptions } from './options.ts';
import { watchStolen } from './stolen.ts';
import { reportText } from './table.ts';

type Unit = 'ms' | 's' | 'µs' | 'KB' | 'MB' | '%' | '×' | '';

/** One line of the table. */
export interface Figure {
  /** Its number in the list of figures to reach, like `V1`. */
  readonly code?: string;
  /** What was measured, from where to where. */
  readonly what: string;
  readonly unit: Unit;
  /** Like `{ p50, p95 }` or `{ median, min, max }`; `{ value }` where there is only one. */
  readonly values: Readonly<Record<string, number>>;
  /** What `of` those values should be. */
  readonly reach?: { readonly of: string; readonly most?: number; readonly least?: number };
}

export interface Report {
  /** As in `npm run bench -- SCENARIO`. */
  readonly scenario: string;
  /** ISO date and time. */
  readonly at: string;
  readonly commit: string;
  readonly machine: { readonly model: string; readonly cpus: number; readonly memoryGb: number };
  /** How much of the machine's time its host took meanwhile; null where that cannot be had. */
  readonly stolenPercent: number | null;
  readonly versions: Readonly<Record<string, string>>;
  /** How much of everything: people, seconds, repetitions. */
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly figures: readonly Figure[];
  /** Everything else that was seen, for whoever looks closer. */
  readonly details: unknown;
}

export interface Outcome extends Pick<Report, 'scenario' | 'parameters' | 'figures'> {
  readonly details?: unknown;
  /** Versions of programs that no lock file names, like the browser's. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Committed; the table of the README is made from them. */
export const FIGURES_DIRECTORY = fileURLToPath(new URL('../../../docs/figures/', import.meta.url));

/** Prints the report, as JSON where that is wanted, and keeps it where that is wanted. */
export const publish = (outcome: Outcome, { json, save }: BenchOptions): void => {
  const report = reportOf(outcome);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json ? text : reportText(report));
  if (!save) return;
  mkdirSync(FIGURES_DIRECTORY, { recursive: true });
  writeFileSync(`${FIGURES_DIRECTORY}${report.scenario}.json`, text);
};

/** Where a long measurement is; standard output is for its results. */
export const progress = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

/** Since this program began. */
const stolen = watchStolen();

const reportOf = ({ scenario, parameters, figures, details, versions }: Outcome): Report => ({
  scenario,
  at: new Date().toISOString(),
  commit: commit(),
  machine: {
    model: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  },
  stolenPercent: stolen(),
  versions: { ...lockedVersions(), ...versions },
  parameters,
  figures: figures.map((figure) => ({ ...figure, values: rounded(figure) })),
  details: details ?? null,
});

const LOCKED = ['mediasoup', 'mediasoup-client', 'node-datachannel', 'socket.io'] as const;

const lockedVersions = (): Record<string, string> => ({
  node: process.versions.node,
  ...Object.fromEntries(
    LOCKED.map((name) => [name, packageLock.packages[`node_modules/${name}`].version]),
  ),
});

const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', cwd: ROOT }).trim();

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `+changes` where the files are not those of the commit. */
const commit = (): string => {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ...GENERATED);
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+changes'}`;
  } catch {
    // A copy of the files without their history.
    return 'unknown';
  }
};

/** What measurements themselves change. */
export const GENERATED = [':!docs/figures', ':!README.md'];

/** To four digits: more than any of these measurements knows. */
const rounded = ({ what, values }: Figure): Figure['values'] =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!Number.isFinite(value)) throw new Error(`nothing was measured: ${what}, ${name}`);
      return [name, Number(value.toPrecision(4))];
    }),
  );
