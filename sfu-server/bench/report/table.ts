/** Reports as people read them: a table in the terminal, rows in the README. Pure. */
import type { Figure, Report } from './report.ts';

/** `1,234`, `12.3`, `0.0123`: three digits, more where a number is large. */
export const formatNumber = (value: number): string =>
  (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString(
    'en-US',
    { maximumFractionDigits: 6 },
  );

const withUnit = (value: number, unit: Figure['unit']): string =>
  unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;

/** `p50 341 ms, p95 468 ms`, or `1.03 × (1.01–1.06)` of a median. */
export const measured = ({ values, unit }: Figure): string => {
  const { median, min, max, ...others } = values;
  const rest = median === undefined ? values : others;
  const named = Object.entries(rest).map(([name, value]) =>
    name === 'value' ? withUnit(value, unit) : `${name} ${withUnit(value, unit)}`,
  );
  if (median === undefined) return named.join(', ');
  const range =
    min === undefined || max === undefined ? '' : ` (${formatNumber(min)}–${formatNumber(max)})`;
  return [`${withUnit(median, unit)}${range}`, ...named].join(', ');
};

/** `p95 ≤ 500 ms`, and whether it was reached. */
export const reach = ({ reach: goal, values, unit }: Figure): string => {
  if (!goal) return '';
  const { of, most, least } = goal;
  const value = values[of] ?? NaN;
  const bounds = [
    ...(most === undefined ? [] : [`≤ ${withUnit(most, unit)}`]),
    ...(least === undefined ? [] : [`≥ ${withUnit(least, unit)}`]),
  ];
  const reached = value <= (most ?? Infinity) && value >= (least ?? -Infinity);
  const name = of === 'value' || of === 'median' ? '' : `${of} `;
  return `${name}${bounds.join(', ')}${reached ? '' : ' (missed)'}`;
};

const nameOf = ({ code, what }: Figure): string => (code === undefined ? what : `${code}: ${what}`);

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const listed = (values: Report['parameters']): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

export const reportText = ({ scenario, figures, ...head }: Report): string => {
  const { at, commit, machine, versions, parameters, stolenPercent } = head;
  const rows = figures.map((figure) => [nameOf(figure), measured(figure), reach(figure)]);
  return [
    `${scenario}: ${listed(parameters)}`,
    `${at}, commit ${commit}, ${machine.cpus} × ${machine.model}, ${machine.memoryGb} GB${stolenText([stolenPercent])}`,
    listed(versions),
    '',
    aligned([['figure', 'measured', 'to reach'], ...rows]),
    '',
  ].join('\n');
};

/** Markdown; one report after the other. */
export const figuresTable = (reports: readonly Report[]): string => {
  const rows = reports.flatMap(({ scenario, figures }) =>
    figures.map(
      (figure) =>
        `| \`${scenario}\` | ${nameOf(figure)} | ${measured(figure)} | ${reach(figure)} |`,
    ),
  );
  return [
    '| `npm run bench --` | figure | measured | to reach |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
};

/** `12 Mar 2026` would need a locale; the ISO date needs none. */
const day = ({ at }: Report): string => at.slice(0, 10);

/** What the host took while these were measured; nothing where none of them knows. */
export const stolenText = (percents: readonly (number | null)[]): string => {
  const known = percents.filter((percent) => percent !== null);
  if (known.length === 0) return '';
  const [least, most] = [Math.min(...known), Math.max(...known)].map(formatNumber);
  return `; its host took ${least === most ? least : `${least}–${most}`} % of its time meanwhile`;
};

/** Where the figures come from, one line for each machine, commit and day. */
export const figuresSources = (reports: readonly Report[]): string => {
  const sources = new Map<string, Report[]>();
  for (const report of reports) {
    const { machine, versions, commit } = report;
    const source =
      `${machine.cpus} × ${machine.model}, ${machine.memoryGb} GB; Node ${versions['node'] ?? '?'}, ` +
      `mediasoup ${versions['mediasoup'] ?? '?'}; commit ${commit}, ${day(report)}`;
    sources.set(source, [...(sources.get(source) ?? []), report]);
  }
  return [...sources]
    .map(([source, from]) => {
      const names = from.map(({ scenario }) => `\`${scenario}\``).join(', ');
      return `- ${names}: ${source}${stolenText(from.map((report) => report.stolenPercent))}`;
    })
    .join('\n');
};
