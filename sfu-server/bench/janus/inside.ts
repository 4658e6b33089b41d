/**
 * Veche and Janus VideoRoom in one network of their own, each with listeners and speakers of its
 * own, in turn. Runs there for ../janus.ts, and tells it what it measured.
 */
import { execFileSync } from 'node:child_process';
import { toRunner } from '../../faults/network/ownNetwork.ts';
import { takeLoadCores } from '../load/cores.ts';
import { Delivery } from '../load/delivery.ts';
import { measureTurn } from '../load/measure.ts';
import { addListeners, openRoom } from '../load/people.ts';
import { cpuMs } from '../load/processes.ts';
import { BenchError } from '../load/refusals.ts';
import { Rig } from '../load/rig.ts';
import type { Measured, Usage } from '../load/rig.ts';
import type { Talker } from '../load/talk.ts';
import { UndisturbedTurns } from '../load/undisturbed.ts';
import { addListeners as addJanusListeners, addSpeakers } from './people.ts';
import { startJanus } from './process.ts';
import { suitesSoFar, watchSuites } from './srtp.ts';
import { Task } from './task.ts';
import type { FromInside, Side } from './task.ts';

/** Janus takes no loopback: an address on a cable between two ends, both of them here. */
const ADDRESS = '10.99.0.1';
const CABLE = [
  'link add veche0 type veth peer name veche1',
  `addr add ${ADDRESS}/24 dev veche0`,
  'link set veche0 up',
  'link set veche1 up',
];

interface Room {
  readonly rig: Measured;
  readonly delivery: Delivery;
  readonly talkers: readonly Talker[];
}

const toParent = toRunner();
const tell = (message: FromInside): Promise<void> => toParent(message);

const { program, listeners, speakers, pairs, seconds } = Task.parse(
  JSON.parse(process.argv[2] ?? ''),
);
for (const line of CABLE) execFileSync('ip', line.split(' '));
const cores = takeLoadCores();
watchSuites();

const openVeche = async (): Promise<Room> => {
  const rig = await Rig.start({ LISTEN_ADDRESSES: ADDRESS });
  const delivery = new Delivery();
  const room = await openRoom(rig.url, 'slots', speakers);
  await addListeners(rig.url, room, listeners, delivery);
  return { rig, delivery, talkers: room.talkers };
};

const openJanus = async (): Promise<Room> => {
  const { pid, session } = await startJanus(program, cores.server);
  const delivery = new Delivery();
  const talkers = await addSpeakers(session, speakers);
  await addJanusListeners(session, talkers, listeners, delivery);
  const usage = (): Usage => ({ nodeMs: 0, workersMs: [cpuMs(pid)] });
  return { rig: { pids: [pid], usage }, delivery, talkers };
};

const openSide = async (side: Side): Promise<Room> => {
  await tell({ progress: `${side}: ${speakers} speakers and ${listeners} listeners join` });
  return side === 'veche' ? openVeche() : openJanus();
};

const veche = await openSide('veche');
const vecheSuites = suitesSoFar();
const janus = await openSide('janus');
const suites = new Set([...vecheSuites, ...suitesSoFar()]);
const [suite] = suites;
if (suites.size !== 1 || suite === undefined) {
  throw new Error(`not one SRTP suite for all: ${[...suites].join(', ') || 'none is known'}`);
}
await tell({ suite, pinned: cores.server !== null });

const whole = new UndisturbedTurns();

try {
  for (let pair = 0; pair < pairs; pair++) {
    for (const [side, room] of [
      ['veche', veche],
      ['janus', janus],
    ] as const) {
      const turn = await whole.take(`${side}, pair ${pair + 1}`, () =>
        measureTurn({ ...room, listeners, seconds }),
      );
      await tell({ side, turn });
    }
  }
  await tell({ repeated: whole.repeated });
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  await tell({ failed: error.message });
}
// All of it ends with this process, the first one of its namespace.
process.exit(0);
