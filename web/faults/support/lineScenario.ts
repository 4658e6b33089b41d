/**
 * A scenario on a line that fails: the far end of the line is in a network of its own, with a browser.
 * It plays in a process of its own; this one starts it and hears its figures.
 */
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { runInOwnNetwork } from '../../../sfu-server/faults/network/ownNetwork.ts';
import { Scenario } from '../../../sfu-server/faults/scenario.ts';
import type { Context, Figure } from '../../../sfu-server/faults/scenario.ts';
import type { Stage } from './stage.ts';

const INSIDE = fileURLToPath(new URL('./inside.ts', import.meta.url));

type ScenarioParts = ConstructorParameters<typeof Scenario>[0];
type Play = (stage: Stage, context: Context) => Promise<readonly Figure[]>;
type Parts = Omit<ScenarioParts, 'needs' | 'run'> & { readonly play: Play };

const Value = z.union([z.number(), z.string(), z.boolean()]);
const Goal = z.union([
  z.strictObject({ atMost: z.number() }),
  z.strictObject({ atLeast: z.number() }),
  z.strictObject({ exactly: Value }),
]);
const Figures = z.array(
  z.strictObject({
    what: z.string(),
    // What is not a number crosses as null.
    value: z.union([Value, z.null().transform(() => NaN)]),
    unit: z.string().exactOptional(),
    goal: Goal.exactOptional(),
  }),
);
const Message = z.union([
  z.strictObject({ say: z.string() }),
  z.strictObject({ figures: Figures }),
]);

export class LineScenario extends Scenario {
  /** What happens inside. */
  readonly play: Play;

  /** @param file of the scenario, `import.meta.url` */
  constructor(file: string, { play, ...parts }: Parts) {
    super({
      ...parts,
      needs: ['network', 'chromium'],
      run: async ({ short, say }) => {
        let figures: readonly Figure[] | undefined;
        const args = [fileURLToPath(file), ...(short ? ['--short'] : [])];
        await runInOwnNetwork(INSIDE, args, (message) => {
          const heard = Message.parse(message);
          if ('say' in heard) say(heard.say);
          else figures = heard.figures;
        });
        if (!figures) throw new Error('it ended without figures');
        return figures;
      },
    });
    this.play = play;
  }
}
