/** What a fault scenario is: what goes wrong, what is measured of it, and what must hold. */

/** What a value has to be; a value that is not a number misses every bound. */
type Goal =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly exactly: number | string | boolean };

/** One thing that was measured. */
export interface Figure {
  readonly what: string;
  readonly value: number | string | boolean;
  readonly unit?: string;
  /** Without one it is only told. */
  readonly goal?: Goal;
}

/** What a scenario cannot do without: without it, it is skipped with a sentence. */
export type Need = 'network' | 'chromium';

/** What the runner gives to a scenario. */
export interface Context {
  /** As a part of `npm test`: fewer repetitions, and nothing that takes a quiet machine. */
  readonly short: boolean;
  /** How long it is to take, where that is to choose. */
  readonly minutes?: number;
  /** Tells whoever watches what happens now. */
  readonly say: (text: string) => void;
  /** Undoes something when the scenario is over, also after an error; the last comes first. */
  readonly after: (undo: () => unknown) => void;
}

interface ScenarioParts {
  /** As on the command line, like `worker-kill`. Names are unique. */
  readonly name: string;
  /** Its row in the table of faults; more than one scenario may belong to a row. */
  readonly number: number;
  readonly title: string;
  /** What is done to the server, in a sentence. */
  readonly injects: string;
  /** How long it takes on two quiet cores, about. */
  readonly seconds: number;
  readonly needs?: readonly Need[];
  /** False where `npm test` has the same in tests of its own. */
  readonly amongTests?: boolean;
  /** Throws where something happened that no figure stands for: that is a miss too. */
  readonly run: (context: Context) => Promise<readonly Figure[]>;
}

/** The longest that runs unless it is named or all are asked for, s. */
export const SHORT_S = 60;

/** A file `*.fault.ts` in `sfu-server/faults` or `web/faults` exports one of these as its default. */
export class Scenario {
  readonly name: string;
  readonly number: number;
  readonly title: string;
  readonly injects: string;
  readonly seconds: number;
  readonly needs: readonly Need[];
  readonly amongTests: boolean;
  readonly run: ScenarioParts['run'];

  constructor(parts: ScenarioParts) {
    this.name = parts.name;
    this.number = parts.number;
    this.title = parts.title;
    this.injects = parts.injects;
    this.seconds = parts.seconds;
    this.needs = parts.needs ?? [];
    this.amongTests = parts.amongTests ?? true;
    this.run = parts.run;
  }

  /** Whether it runs without being named. */
  get takesSeconds(): boolean {
    return this.seconds <= SHORT_S;
  }
}

/** Whether a figure is as it has to be. */
export const holds = ({ value, goal }: Figure): boolean => {
  if (!goal) return true;
  if ('exactly' in goal) return value === goal.exactly;
  if (typeof value !== 'number') return false;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
};
