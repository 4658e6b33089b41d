/** The table of settings in the README, made from the schema and the defaults. */
import { readConfigFile } from './load.ts';
import { settingInfos } from './settings.ts';

const START = '<!-- settings: made by `npm run docs` -->';
const END = '<!-- end of settings -->';

const cell = (value: unknown): string => {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const settingsTable = (): string => {
  const defaults = new Map(
    Object.entries(readConfigFile('default')).flatMap(([group, values]) =>
      Object.entries(values ?? {}).map(([name, value]): [string, unknown] => [
        `${group}.${name}`,
        value,
      ]),
    ),
  );
  const rows = settingInfos.map(
    ({ path, variable, about }) =>
      `| \`${path}\` | \`${variable}\` | ${cell(defaults.get(path))} | ${about} |`,
  );
  return ['| setting | variable | default | what it is |', '|---|---|---|---|', ...rows].join('\n');
};

/** The README with its table of settings brought up to date. */
export const withSettingsTable = (readme: string): string => {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md lacks the lines ${START} and ${END}`);
  return `${readme.slice(0, start)}${START}\n\n<!-- prettier-ignore -->\n${settingsTable()}\n\n${readme.slice(end)}`;
};
