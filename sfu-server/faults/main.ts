/** `npm run faults`: runs scenarios one after another and ends with 1 where one of them misses. */
import { parseArgs } from 'node:util';
import { endOnSignals } from '../bench/report/ending.ts';
import { watchStolen } from '../bench/report/stolen.ts';
import { FOLDERS, findScenarios, named } from './catalog.ts';
import { describe, listed, reportOf } from './report.ts';
import { runScenario } from './running.ts';
import type { Verdict } from './running.ts';
import { keep, whyNotToKeep } from './saved.ts';
import { SHORT_S } from './scenario.ts';

const USAGE = `usage: npm run faults -- [--all] [--short] [--json] [--save] [NAME or NUMBER ...]

Breaks things on purpose and measures what comes of it.

  NAME, NUMBER   these scenarios; without any, those that take up to ${SHORT_S} s
  --all          all of them, also those that take minutes or hours
  --short        with fewer repetitions, as in npm test
  --minutes N    how long those take that can take any time, like soak
  --json         the report as JSON on standard output
  --save         also keep what came of each in docs/figures/faults, from which README.md is made
  --list         what there is
  --help         show this`;

endOnSignals();

const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n${USAGE}\n`);
  process.exit(2);
};

const parse = () => {
  const flag = { type: 'boolean', default: false } as const;
  const minutes = { type: 'string' } as const;
  const options = {
    all: flag,
    short: flag,
    minutes,
    json: flag,
    save: flag,
    list: flag,
    help: flag,
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

const { values, positionals } = parse();
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
if (minutes !== undefined && !(minutes > 0)) fail('--minutes takes a number above 0');
if (values.save && values.short) fail('--save keeps what is measured in full, not --short');
const scenarios = await findScenarios(FOLDERS.server, FOLDERS.web);
if (values.list) {
  for (const scenario of scenarios) process.stdout.write(`${listed(scenario)}\n`);
  process.exit(0);
}
const chosen =
  positionals.length > 0
    ? positionals.flatMap((word) => {
        const found = named(scenarios, word);
        return found.length > 0 ? found : fail(`there is no scenario ${word}`);
      })
    : scenarios.filter(({ takesSeconds }) => values.all || takesSeconds);

// With --json standard output is the report alone.
const say = (text: string): void => {
  (values.json ? process.stderr : process.stdout).write(`${text}\n`);
};
const verdicts: Verdict[] = [];
for (const scenario of chosen) {
  say(`${scenario.name}: ${scenario.injects}`);
  const stolen = watchStolen();
  const verdict = await runScenario(scenario, {
    short: values.short,
    ...(minutes === undefined ? {} : { minutes }),
    say: (text) => {
      say(`    ${text}`);
    },
  });
  verdicts.push(verdict);
  say(describe(verdict));
  if (!values.save) continue;
  const why = whyNotToKeep(verdict);
  if (why === null) keep(verdict, stolen());
  else say(`    not kept: ${why}`);
}
const missed = verdicts.filter(({ outcome }) => outcome === 'miss').length;
const count = (outcome: Verdict['outcome']): number =>
  verdicts.filter((verdict) => verdict.outcome === outcome).length;
say(`${count('pass')} passed, ${missed} missed, ${count('skipped')} skipped`);
if (values.json) process.stdout.write(`${JSON.stringify(reportOf(verdicts), null, 2)}\n`);
process.exit(missed > 0 ? 1 : 0);
