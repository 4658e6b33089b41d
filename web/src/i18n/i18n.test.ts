import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';

const folder = import.meta.dirname;
const PLURAL = /_(zero|one|two|few|many|other)$/;

interface Texts {
  readonly [key: string]: string | Texts;
}
const Texts: z.ZodMiniType<Texts> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), Texts])),
);

/** Whole keys and their texts. */
function flatten(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

const languages = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const json: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return { code: name.replace('.json', ''), texts: new Map(flatten(Texts.parse(json))) };
  });
const english = languages.find(({ code }) => code === 'en')?.texts ?? new Map<string, string>();

const baseOf = (key: string): string => key.replace(PLURAL, '');
const basesOf = (texts: ReadonlyMap<string, string>): string[] =>
  [...new Set([...texts.keys()].map(baseOf))].sort();

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort();
/** Of all plural forms together: one form may do without the number. */
function placeholdersOf(texts: ReadonlyMap<string, string>, base: string): string[] {
  const all = [...texts].filter(([key]) => baseOf(key) === base);
  return [...new Set(all.flatMap(([, text]) => placeholders(text)))].sort();
}

/** Everything that could ask for a text. */
const sources = readdirSync(join(folder, '..'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, '..', name), 'utf8'))
  .join('\n');

it('knows English and Russian', () => {
  expect(languages.map(({ code }) => code)).toEqual(expect.arrayContaining(['en', 'ru']));
});

describe.each(languages)('$code', ({ code, texts }) => {
  it('has the keys of English', () => {
    expect(basesOf(texts)).toEqual(basesOf(english));
  });

  it('has exactly the plural forms of its language', () => {
    const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted();
    const plurals = basesOf(texts).filter((base) => texts.has(`${base}_other`));
    for (const base of plurals) {
      const present = [...texts.keys()]
        .filter((key) => PLURAL.test(key) && baseOf(key) === base)
        .map((key) => PLURAL.exec(key)?.[1]);
      expect(present.sort(), base).toEqual(forms);
      expect(english.has(`${base}_other`), base).toBe(true);
    }
  });

  it('has the placeholders of English', () => {
    for (const base of basesOf(english)) {
      expect(placeholdersOf(texts, base), base).toEqual(placeholdersOf(english, base));
    }
  });

  it('has no empty text and no stray brace', () => {
    for (const [key, text] of texts) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
      expect(text.replaceAll(/\{\{\w+\}\}/g, ''), key).not.toMatch(/[{}]/);
    }
  });
});

it('has no text that nothing shows', () => {
  // Keys are written out, or put together from a family: t(`microphone.${problem}`).
  const families = [...sources.matchAll(/`([a-z][a-zA-Z.]*\.)\$\{/g)].map(
    ([, family = '']) => family,
  );
  const stories = [...sources.matchAll(/words\('(\w+)'/g)].map(([, story = '']) => `end.${story}.`);
  const unused = basesOf(english).filter(
    (key) =>
      !sources.includes(`'${key}'`) &&
      !stories.some((story) => key.startsWith(story)) &&
      !families.filter((family) => family !== 'end.').some((family) => key.startsWith(family)),
  );
  expect(unused).toEqual([]);
});
