/** Runs a scenario and judges it. */
import { existsSync } from 'node:fs';
import { whyNoOwnNetwork } from './network/ownNetwork.ts';
import { holds } from './scenario.ts';
import type { Context, Figure, Need, Scenario } from './scenario.ts';

export interface Verdict {
  readonly name: string;
  readonly number: number;
  readonly title: string;
  readonly injects: string;
  readonly outcome: 'pass' | 'miss' | 'skipped';
  /** Why it was skipped, or what it ended with. */
  readonly because?: string;
  readonly seconds: number;
  readonly figures: readonly (Figure & { readonly pass: boolean })[];
}

type RunOptions = Omit<Context, 'after'>;

const LACKS: Record<Need, () => string | null> = {
  network: whyNoOwnNetwork,
  chromium: () =>
    existsSync(process.env['CHROMIUM_BIN'] ?? '')
      ? null
      : 'it takes a browser: set CHROMIUM_BIN to a Chromium',
};

/** More digits than any of these measurements knows; judged is what was measured. */
const rounded = (figure: Figure): Figure => {
  const { value } = figure;
  return typeof value === 'number' ? { ...figure, value: Number(value.toFixed(3)) } : figure;
};

export const runScenario = async (
  { needs, run, ...scenario }: Scenario,
  options: RunOptions,
): Promise<Verdict> => {
  const { name, number, title, injects } = scenario;
  const about = { name, number, title, injects };
  for (const need of needs) {
    const because = LACKS[need]();
    if (because !== null) return { ...about, outcome: 'skipped', because, seconds: 0, figures: [] };
  }
  const undos: (() => unknown)[] = [];
  const startedAt = performance.now();
  const secondsSoFar = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
  let figures: Verdict['figures'] = [];
  let because: string | undefined;
  const attempt = async (act: () => unknown): Promise<void> => {
    try {
      await act();
    } catch (error) {
      because ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  };
  await attempt(async () => {
    const measured = await run({ ...options, after: (undo) => undos.push(undo) });
    figures = measured.map((figure) => ({ ...rounded(figure), pass: holds(figure) }));
    // What checks nothing proves nothing.
    if (!measured.some(({ goal }) => goal)) throw new Error('no figure has a goal');
  });
  for (const undo of undos.toReversed()) await attempt(undo);
  const good = because === undefined && figures.every(({ pass }) => pass);
  return {
    ...about,
    outcome: good ? 'pass' : 'miss',
    ...(because === undefined ? {} : { because }),
    seconds: secondsSoFar(),
    figures,
  };
};
