/** What came of the scenarios, for people and for programs. */
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import packageLock from '../../package-lock.json' with { type: 'json' };
import { GENERATED } from '../bench/report/report.ts';
import { watchStolen } from '../bench/report/stolen.ts';
import type { Verdict } from './running.ts';
import type { Figure, Scenario } from './scenario.ts';

/** Since this program began. */
const stolen = watchStolen();

/** Of which commit a measurement is, and on what. */
export const originOf = () => {
  const { packages } = packageLock;
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', '--short', 'HEAD'),
    /** Files that differ from the commit. */
    changed: git('status', '--porcelain', '--', '.', ...GENERATED)
      .split('\n')
      .filter(Boolean).length,
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      kernel: release(),
      node: process.versions.node,
    },
    versions: {
      mediasoup: packages['node_modules/mediasoup'].version,
      'mediasoup-client': packages['node_modules/mediasoup-client'].version,
      'socket.io': packages['node_modules/socket.io'].version,
    },
  };
};

/** What was measured. */
export const reportOf = (scenarios: readonly Verdict[]) => ({
  ...originOf(),
  /** How much of the machine's time its host took meanwhile; null where that cannot be had. */
  stolenPercent: stolen(),
  scenarios,
});

const shown = ({ value, unit = '' }: Figure): string =>
  `${typeof value === 'number' ? Math.round(value * 100) / 100 : String(value)}${unit && ` ${unit}`}`;

const goalOf = ({ goal, unit = '' }: Figure): string => {
  if (!goal) return '';
  const after = unit && ` ${unit}`;
  if ('exactly' in goal) return `goal ${String(goal.exactly)}${after}`;
  return 'atMost' in goal
    ? `goal at most ${goal.atMost}${after}`
    : `goal at least ${goal.atLeast}${after}`;
};

/** A scenario's verdict in a few lines. */
export const describe = ({ name, number, outcome, because, seconds, figures }: Verdict): string => {
  const lines = figures.map((figure) => {
    const mark = !figure.goal ? ' ' : figure.pass ? '+' : 'x';
    const goal = goalOf(figure);
    return `    ${mark} ${figure.what}: ${shown(figure)}${goal && `  (${goal})`}`;
  });
  const why = because === undefined ? [] : [`    ${because}`];
  return [
    `${String(number).padStart(2)} ${name}: ${outcome} (${seconds} s)`,
    ...lines,
    ...why,
  ].join('\n');
};

/** One line for the list. */
export const listed = ({ name, number, title, seconds, needs }: Scenario): string => {
  const takes = needs.length > 0 ? `, takes ${needs.join(' and ')}` : '';
  return `${String(number).padStart(2)} ${name.padEnd(24)} ${title} (${seconds} s${takes})`;
};
