/**
 * Every visible text, in the person's language. A language is one JSON file in this folder;
 * English is always there, any other is loaded when it is wanted.
 */
import { createInstance, type ResourceKey } from 'i18next';
import { createSubscriber } from 'svelte/reactivity';
import { onThisDevice, recall, remember } from '../state/storage.ts';
import en from './en.json';

const FALLBACK = 'en';
const STORED_AS = 'veche.language';

const files = import.meta.glob<ResourceKey>(['./*.json', '!./en.json'], { import: 'default' });
const loaders = new Map(
  Object.entries(files).map(([path, load]) => [path.slice('./'.length, -'.json'.length), load]),
);

/** Codes of all languages there are. */
export const languages: readonly string[] = [FALLBACK, ...loaders.keys()].sort();

const i18n = createInstance({
  lng: FALLBACK,
  fallbackLng: FALLBACK,
  resources: { [FALLBACK]: { translation: en } },
  // Svelte escapes what it shows.
  interpolation: { escapeValue: false },
});

const changes = createSubscriber((update) => {
  i18n.on('languageChanged', update);
  return () => {
    i18n.off('languageChanged', update);
  };
});

/** The text of a key; shown texts follow a change of language. */
export const t = new Proxy(i18n.t, {
  apply(translate, self, args) {
    changes();
    const text: unknown = Reflect.apply(translate, self, args);
    return text;
  },
});

/** Code of the language that is shown. */
export function language(): string {
  changes();
  return i18n.language;
}

/** What a language calls itself. */
export function nameOfLanguage(code: string): string {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** Call once, before anything is shown. */
export async function startLanguage(): Promise<void> {
  await i18n.init();
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
  const load = loaders.get(code);
  if (load && !i18n.hasResourceBundle(code, 'translation')) {
    try {
      i18n.addResourceBundle(code, 'translation', await load());
    } catch {
      // English is better than nothing at all.
      return;
    }
  }
  await i18n.changeLanguage(code);
}
