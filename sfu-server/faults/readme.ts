/** The table of faults in the README, made from what was kept of them. Pure but for reading that. */
import { formatNumber, stolenText } from '../bench/report/table.ts';
import { savedScenarios } from './saved.ts';
import type { SavedScenario } from './saved.ts';

const START = '<!-- faults: made by `npm run docs` -->';
const END = '<!-- end of faults -->';

type SavedFigure = SavedScenario['scenario']['figures'][number];

const shown = (value: SavedFigure['value'], unit = ''): string => {
  const text = typeof value === 'number' ? formatNumber(value) : String(value);
  return unit === '' ? text : `${text} ${unit}`;
};

/** What it has to be; nothing where it is just that. */
const goalOf = ({ goal, unit, pass }: SavedFigure): string => {
  const missed = pass ? '' : ', missed';
  if (!goal) return '';
  if ('exactly' in goal) return pass ? '' : ` (${shown(goal.exactly, unit)}${missed})`;
  const bound = 'atMost' in goal ? `≤ ${shown(goal.atMost)}` : `≥ ${shown(goal.atLeast)}`;
  return ` (${bound}${missed})`;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = ({ scenario }: SavedScenario): string => {
  const { number, name, injects, figures } = scenario;
  const judged = figures
    .filter(({ goal }) => goal)
    .map((figure) => `${figure.what}: ${shown(figure.value, figure.unit)}${goalOf(figure)}`);
  return `| \`${number}\` (\`${name}\`) | ${cell(injects)} | ${cell(judged.join('; '))} |`;
};

const sourcesOf = (saved: readonly SavedScenario[]): string => {
  const sources = new Map<string, SavedScenario[]>();
  for (const one of saved) {
    const { machine, versions, commit, changed, at } = one;
    const source =
      `${machine.cpus} × ${machine.model}; Node ${machine.node}, ` +
      `mediasoup ${versions['mediasoup'] ?? '?'}; commit ${commit}${changed > 0 ? '+changes' : ''}, ` +
      at.slice(0, 10);
    sources.set(source, [...(sources.get(source) ?? []), one]);
  }
  return [...sources]
    .map(([source, from]) => {
      const names = from.map(({ scenario }) => `\`${scenario.name}\``).join(', ');
      return `- ${names}: ${source}${stolenText(from.map((one) => one.stolenPercent))}`;
    })
    .join('\n');
};

/** Markdown. */
export const faultsTable = (saved: readonly SavedScenario[]): string =>
  [
    '<!-- prettier-ignore -->',
    '| `npm run faults --` | what is done | what is noticed |',
    '|---|---|---|',
    ...saved.map(row),
    '',
    '<!-- prettier-ignore -->',
    sourcesOf(saved),
  ].join('\n');

/** The README with its table of faults brought up to date. */
export const withFaultsTable = (readme: string): string => {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md lacks the lines ${START} and ${END}`);
  const saved = savedScenarios();
  const made = saved.length === 0 ? 'None is kept yet.' : faultsTable(saved);
  return `${readme.slice(0, start)}${START}\n\n${made}\n\n${readme.slice(end)}`;
};
