/** A text of a language, with its values in place and in the right plural form. */
import type en from './en.json';

export interface Texts {
  readonly [key: string]: string | Texts;
}

type Leaves<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Leaves<T[K]>}`;
}[keyof T & string];

type WithoutForm<K> = K extends `${infer Base}_${'one' | 'other'}` ? Base : K;

/** Whatever can be said; plurals without their form. */
export type TextKey = WithoutForm<Leaves<typeof en>>;

/** `count` chooses the plural form. */
export type TextValues = Readonly<Record<string, string | number>>;

export interface Language {
  readonly code: string;
  readonly texts: Texts;
}

function find(texts: Texts, key: string): string | undefined {
  let found: string | Texts | undefined = texts;
  for (const part of key.split('.')) {
    if (typeof found !== 'object') return undefined;
    found = found[part];
  }
  return typeof found === 'string' ? found : undefined;
}

const rules = new Map<string, Intl.PluralRules>();

function formOf(count: number, code: string): Intl.LDMLPluralRule {
  const known = rules.get(code) ?? new Intl.PluralRules(code);
  rules.set(code, known);
  return known.select(count);
}

/** In the first of the languages that has it; the key itself where none has. */
export function translate(
  languages: readonly Language[],
  key: TextKey,
  values: TextValues = {},
): string {
  const { count } = values;
  for (const { code, texts } of languages) {
    const plural =
      typeof count === 'number' ? find(texts, `${key}_${formOf(count, code)}`) : undefined;
    const text = plural ?? find(texts, key);
    if (text !== undefined) {
      return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
    }
  }
  return key;
}

/** A language as it is written where the person lives, if they say so: hours and dates differ. */
export const localeOf = (code: string, wishes: readonly string[]): string =>
  wishes.find((wish) => wish === code || wish.startsWith(`${code}-`)) ?? code;
