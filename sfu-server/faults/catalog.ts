/** Finds the scenarios: every file `*.fault.ts` in the folders of faults. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Scenario } from './scenario.ts';

const folderOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Those without a browser, and those with one. */
export const FOLDERS = {
  server: folderOf('.'),
  web: folderOf('../../web/faults'),
};

const load = async (file: string): Promise<Scenario> => {
  const { default: scenario } = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (scenario instanceof Scenario) return scenario;
  throw new Error(`${file} exports no scenario as its default`);
};

/** Sorted by number. @throws Error where two have one name */
export const findScenarios = async (...folders: readonly string[]): Promise<Scenario[]> => {
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.fault.ts'));
  const scenarios = await Promise.all(files.map(load));
  const names = scenarios.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two scenarios are called ${twice}`);
  return scenarios.toSorted((a, b) => a.number - b.number || a.name.localeCompare(b.name));
};

/** Those that a word on the command line names: a name, or a number. */
export const named = (scenarios: readonly Scenario[], word: string): Scenario[] =>
  scenarios.filter(({ name, number }) => name === word || String(number) === word);
