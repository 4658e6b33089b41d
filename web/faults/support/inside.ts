/** Plays one scenario in the network that was made for it: `inside.ts FILE [--short]`. */
import { pathToFileURL } from 'node:url';
import { toRunner } from '../../../sfu-server/faults/network/ownNetwork.ts';
import { LineScenario } from './lineScenario.ts';
import { Stage } from './stage.ts';

const [file = '', ...flags] = process.argv.slice(2);
const tell = toRunner();
const { default: scenario } = (await import(pathToFileURL(file).href)) as { default?: unknown };
if (!(scenario instanceof LineScenario)) throw new Error(`${file} exports no scenario of a line`);

const undos: (() => unknown)[] = [];
const stage = await Stage.set();
const figures = await scenario.play(stage, {
  short: flags.includes('--short'),
  say: (text) => {
    void tell({ say: text });
  },
  after: (undo) => undos.push(undo),
});
for (const undo of undos.toReversed()) await undo();
await stage.close();
await tell({ figures });
process.exit(0);
