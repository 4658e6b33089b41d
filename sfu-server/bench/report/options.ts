/** What a benchmark takes on its command line. */
import { parseArgs } from 'node:util';
import { endOnSignals, endWithSentence } from './ending.ts';

/** Taken by every one of them. */
export interface BenchOptions {
  /** Nothing but JSON on standard output. */
  readonly json: boolean;
  /** Also keep it in docs/figures. */
  readonly save: boolean;
}

interface Option<Value> {
  readonly default: Value;
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, Option<number> | Option<string>>>;

export interface BenchSpec<Specs extends OptionSpecs> {
  readonly scenario: string;
  /** What it measures, for `--help`. */
  readonly about: string;
  /** How long it takes on two quiet cores with what is the default, about. */
  readonly minutes: number;
  readonly options: Specs;
}

export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends Option<number> ? number : string;
};

export type Parsed<Specs extends OptionSpecs> =
  | { readonly kind: 'run'; readonly options: BenchOptions; readonly values: ValuesOf<Specs> }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string };

const COMMON = {
  json: 'print JSON alone',
  save: 'also keep the JSON in docs/figures, from which README.md is made',
  help: 'show this',
};

/** Pure; `readOptions` acts on it. */
export const parseOptions = <const Specs extends OptionSpecs>(
  spec: BenchSpec<Specs>,
  args: readonly string[],
): Parsed<Specs> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(Object.keys(spec.options).map((name) => [name, TEXT])),
        json: { type: 'boolean' },
        save: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help', text: help(spec) };
    return {
      kind: 'run',
      options: { json: values.json === true, save: values.save === true },
      values: valuesOf(spec.options, new Map<string, unknown>(Object.entries(values))),
    };
  } catch (error) {
    // Node goes on to explain how to escape a dash; the first sentence is enough.
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split('. ', 1);
    return { kind: 'wrong', text: `${sentence}\n${usage(spec)}` };
  }
};

/**
 * The first thing that a benchmark does. Ends the process where help is wanted or the command line
 * makes no sense.
 */
export const readOptions = <const Specs extends OptionSpecs>(
  spec: BenchSpec<Specs>,
): ValuesOf<Specs> & { readonly output: BenchOptions } => {
  endOnSignals();
  endWithSentence();
  const parsed = parseOptions(spec, process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(`${parsed.text}\n`);
    process.exit(0);
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.text}\n`);
    process.exit(2);
  }
  return { ...parsed.values, output: parsed.options };
};

const TEXT = { type: 'string' } as const;

/** Every name of the specs gets a value of its default's type. */
const valuesOf = <Specs extends OptionSpecs>(
  specs: Specs,
  given: ReadonlyMap<string, unknown>,
): ValuesOf<Specs> =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { default: fallback }]) => {
      const text = given.get(name);
      if (typeof text !== 'string') return [name, fallback];
      return [name, typeof fallback === 'number' ? positive(name, text) : text];
    }),
  ) as ValuesOf<Specs>;

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} takes a number above 0, not '${text}'`);
};

const usage = ({ scenario, options }: BenchSpec<OptionSpecs>): string =>
  `usage: npm run bench -- ${scenario}${Object.keys(options)
    .map((name) => ` [--${name} …]`)
    .join('')} [--json] [--save]`;

const help = (spec: BenchSpec<OptionSpecs>): string => {
  const own = Object.entries(spec.options).map(([name, { about, default: fallback }]) => [
    `--${name}`,
    `${about}${fallback === '' ? '' : ` (${fallback})`}`,
  ]);
  const lines = [...own, ...Object.entries(COMMON).map(([name, about]) => [`--${name}`, about])];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  const listed = lines.map(([name = '', about = '']) => `  ${name.padEnd(width)}   ${about}`);
  const takes = `Takes about ${spec.minutes} min unless told otherwise.`;
  return `${usage(spec)}\n\n${spec.about}\n${takes}\n\n${listed.join('\n')}`;
};
