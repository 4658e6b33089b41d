/**
 * Every visible text, in the person's language. A language is one JSON file in this folder;
 * English is always there, any other is loaded when it is wanted.
 */
import { createSubscriber } from 'svelte/reactivity';
import { onThisDevice, recall, remember } from '../state/storage.ts';
import en from './en.json';
import {
  localeOf,
  translate,
  type Language,
  type TextKey,
  type TextValues,
  type Texts,
} from './translate.ts';

const FALLBACK = 'en';
const STORED_AS = 'veche.language';

const files = import.meta.glob<Texts>(['./*.json', '!./en.json'], { import: 'default' });
const loaders = new Map(
  Object.entries(files).map(([path, load]) => [path.slice('./'.length, -'.json'.length), load]),
);

/** Codes of all languages there are. */
export const languages: readonly string[] = [FALLBACK, ...loaders.keys()].sort();

const english: Language = { code: FALLBACK, texts: en };
const known = new Map([[FALLBACK, english]]);
let shown = english;

let tell: (() => void) | null = null;
const changes = createSubscriber((update) => {
  tell = update;
  return () => {
    tell = null;
  };
});

/** The text of a key; shown texts follow a change of language. */
export function t(key: TextKey, values?: TextValues): string {
  changes();
  return translate([shown, english], key, values);
}

/** Code of the language that is shown. */
export function language(): string {
  changes();
  return shown.code;
}

/** For hours and dates. */
export function locale(): string {
  return localeOf(language(), navigator.languages);
}

/** What a language calls itself. */
export function nameOfLanguage(code: string): string {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** Call once, before anything is shown. */
export async function startLanguage(): Promise<void> {
  await show(preferred());
}

export async function chooseLanguage(code: string): Promise<void> {
  remember(onThisDevice, STORED_AS, code);
  await show(code);
}

function preferred(): string {
  const wishes = [recall(onThisDevice, STORED_AS), ...navigator.languages];
  for (const wish of wishes) {
    const found = languages.find((code) => wish === code || wish?.startsWith(`${code}-`));
    if (found) return found;
  }
  return FALLBACK;
}

async function show(code: string): Promise<void> {
  try {
    shown = known.get(code) ?? (await fetched(code));
  } catch {
    // English is better than nothing at all.
    return;
  }
  tell?.();
}

async function fetched(code: string): Promise<Language> {
  const language = { code, texts: (await loaders.get(code)?.()) ?? {} };
  known.set(code, language);
  return language;
}
