/**
 * Reads the settings: config/default.json, then config/$VECHE_ENV.json, then the environment. What
 * makes no sense is refused with a sentence that names the setting.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Settings, settingInfos } from './settings.ts';

export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

type Json = Record<string, unknown>;

const CONFIG_DIRECTORY = fileURLToPath(new URL('../../../config/', import.meta.url));

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Later values win; objects are merged, lists are replaced. */
const merge = (base: Json, over: Json): Json => {
  const merged: Json = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
};

export const readConfigFile = (name: string): Json => {
  let text: string;
  try {
    text = readFileSync(`${CONFIG_DIRECTORY}${name}.json`, 'utf8');
  } catch {
    throw new ConfigError(`config/${name}.json cannot be read; VECHE_ENV must name a file there`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new ConfigError(`config/${name}.json is not valid JSON: ${String(error)}`);
  }
  throw new ConfigError(`config/${name}.json must hold an object`);
};

const BOOLEANS = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

const fromText = (text: string, example: unknown): unknown => {
  if (typeof example === 'number') return text.trim() === '' ? text : Number(text);
  if (typeof example === 'boolean') {
    return BOOLEANS.get(text.toLowerCase()) ?? text;
  }
  if (Array.isArray(example)) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  return text;
};

const valueAt = (config: Json, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), config);

/** The settings that the environment changes, in the shape of a config file. */
const fromEnvironment = (defaults: Json, environment: NodeJS.ProcessEnv): Json => {
  let config: Json = {};
  for (const { path, variable } of settingInfos) {
    const text = environment[variable];
    if (text === undefined) continue;
    const [group = '', name = ''] = path.split('.');
    config = merge(config, { [group]: { [name]: fromText(text, valueAt(defaults, path)) } });
  }
  return config;
};

/** @throws ConfigError with a line for each setting that is wrong */
const checkSettings = (config: Json): Settings => {
  const result = Settings.safeParse(config);
  if (result.success) return deepFreeze(result.data);
  const lines = result.error.issues.map((issue) => {
    const path = issue.path.slice(0, 2).join('.');
    const variable = settingInfos.find((info) => info.path === path)?.variable;
    return `  ${path}${variable ? ` (${variable})` : ''}: ${issue.message}`;
  });
  throw new ConfigError(`These settings make no sense:\n${lines.join('\n')}`);
};

export const loadSettings = (environment: NodeJS.ProcessEnv): Settings => {
  const defaults = readConfigFile('default');
  const name = environment['VECHE_ENV'];
  const chosen = name === undefined || name === '' ? {} : readConfigFile(name);
  return checkSettings(merge(merge(defaults, chosen), fromEnvironment(defaults, environment)));
};

/** For tests: default and test values, and what the test says. */
export const testSettings = (over: Json = {}): Settings =>
  checkSettings(merge(merge(readConfigFile('default'), readConfigFile('test')), over));

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
};
