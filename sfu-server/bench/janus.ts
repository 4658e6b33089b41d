/**
 * Veche against Janus VideoRoom (Debian's package): server CPU for each forwarded packet, with the
 * same connections, packets and SRTP suite, in a network of their own, in turn.
 */
import { fileURLToPath } from 'node:url';
import { runInOwnNetwork, whyNoOwnNetwork } from '../faults/network/ownNetwork.ts';
import { NoJanus, obtainJanus } from './janus/program.ts';
import type { JanusProgram } from './janus/program.ts';
import type { FromInside, Side, Task } from './janus/task.ts';
import { totalMs } from './load/rig.ts';
import type { Turn } from './load/measure.ts';
import { BenchError } from './load/refusals.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import { paired, ratio, spread } from './report/statistics.ts';

const INSIDE = fileURLToPath(new URL('./janus/inside.ts', import.meta.url));

const { output, ...parameters } = readOptions({
  scenario: 'janus',
  about:
    'Server CPU for each forwarded packet against Janus VideoRoom of Debian’s package, which is\n' +
    'fetched into the cache; both in a network of their own, in turn.',
  minutes: 4,
  options: {
    listeners: { default: 100, about: 'real WebRTC listeners of each server' },
    speakers: { default: 3, about: 'who speak at once' },
    pairs: { default: 5, about: 'turns of each server' },
    seconds: { default: 15, about: 'measured in each turn, after 3 of warm-up' },
  },
});

const skip = (why: string): never => {
  process.stderr.write(`janus: skipped, ${why}\n`);
  process.exit(0);
};

const programOrSkip = async (): Promise<JanusProgram> => {
  try {
    return await obtainJanus();
  } catch (error) {
    if (error instanceof NoJanus) return skip(error.message);
    throw error;
  }
};

const noNetwork = whyNoOwnNetwork();
if (noNetwork !== null) skip(noNetwork);
const program = await programOrSkip();

const turns: Record<Side, Turn[]> = { veche: [], janus: [] };
const network = { suite: '', pinned: false, repeated: 0, failed: '' };

/** Seconds of a core for 1,000 packets that arrived. */
const cost = ({ used, heard }: Turn): number => totalMs(used) / heard;

const hear = (message: FromInside): void => {
  if ('progress' in message) progress(message.progress);
  else if ('failed' in message) network.failed = message.failed;
  else if ('suite' in message || 'repeated' in message) Object.assign(network, message);
  else {
    const { side, turn } = message;
    turns[side].push(turn);
    progress(
      `${turns[side].length} of ${parameters.pairs}, ${side}: ${cost(turn).toFixed(5)} s for ` +
        `1,000 packets, p99 ${turn.p99} ms, loss ${(turn.loss * 100).toFixed(2)} %`,
    );
  }
};

const task: Task = { program, ...parameters };
await runInOwnNetwork(INSIDE, [JSON.stringify(task)], (message) => {
  // Both ends are ours and of one version.
  hear(message as FromInside);
});

if (network.failed !== '') throw new BenchError(network.failed);

const costs = { veche: turns.veche.map(cost), janus: turns.janus.map(cost) };
const COST = 'server CPU for 1,000 forwarded packets';
publish(
  {
    scenario: 'janus',
    parameters: {
      ...parameters,
      srtp: network.suite,
      pinned: network.pinned ? 'yes' : 'no',
      repeated: network.repeated,
    },
    versions: { janus: program.version },
    figures: [
      {
        code: 'V2',
        what: `${COST}, Veche against Janus VideoRoom`,
        unit: '×',
        values: spread(paired(costs.veche, costs.janus, ratio)),
        reach: { of: 'median', most: 0.4 },
      },
      { what: `Veche: ${COST}`, unit: 's', values: spread(costs.veche) },
      { what: `Janus VideoRoom: ${COST}`, unit: 's', values: spread(costs.janus) },
    ],
    details: turns,
  },
  output,
);
