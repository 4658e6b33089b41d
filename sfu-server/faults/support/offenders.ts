/** A thread of connections that send malformed messages, apart from those whose answers are timed. */
import { AckEnvelope } from '@veche/protocol';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { TestClient } from '../../test/support/testClient.ts';
import { malformed } from './malformed.ts';
import { goOn } from './talkers.ts';

export interface Orders {
  readonly url: string;
  /** Of the first; the next have the next ones. */
  readonly seed: number;
  /** What others have. */
  readonly ids: readonly string[];
  readonly offenders: number;
  /** Messages of each. */
  readonly count: number;
  /** Goes on over a new connection after a cut, and not before it has its answers. */
  readonly patient: boolean;
}

export interface Offences {
  sent: number;
  answered: number;
  /** Asked for, on a connection that lives, and never given. */
  missing: number;
  /** Answers that blame the server, or have no shape. */
  wrong: string[];
  cut: number;
}

/** Messages of an offender in a go, and the wait of an impatient one between two. */
const AT_A_TIME = 10;
const BETWEEN_MS = 100;
const ANSWER_WITHIN_MS = 6000;
/** An impatient one that was not cut by then goes on no longer. */
const CUT_WITHIN_MS = 30_000;
/** What came meanwhile is read in this time, also on a machine with no time. */
const READ_WITHIN_MS = 1000;
const CONNECT_TRIES = 5;

const offend = async (orders: Orders, seed: number, offences: Offences): Promise<void> => {
  const fuzz = malformed(seed, orders.ids);
  const connect = async (token?: string): Promise<TestClient> => {
    const options = { name: `Mallory ${seed}`, ...(token === undefined ? {} : { token }) };
    // The server may be busy with what the others send.
    for (let tries = 1; ; tries++) {
      try {
        return await TestClient.connect(orders.url, options);
      } catch (error) {
        if (tries === CONNECT_TRIES) throw error;
      }
    }
  };
  let client = await connect();
  const waiting: Promise<void>[] = [];
  const end = performance.now() + CUT_WITHIN_MS;
  const goesOn = (): boolean => !orders.patient && performance.now() < end;
  for (let sent = 0; sent < orders.count || goesOn(); sent++) {
    if (sent % AT_A_TIME === 0) await (orders.patient ? Promise.all(waiting) : goOn(BETWEEN_MS));
    if (!client.socket.connected) {
      offences.cut++;
      if (!orders.patient) break;
      client = await connect(client.token);
    }
    const { name, args, withAck } = fuzz.next();
    const { socket } = client;
    offences.sent++;
    if (!withAck) {
      socket.emit(name, ...args);
      continue;
    }
    const answer = socket.timeout(ANSWER_WITHIN_MS).emitWithAck(name, ...args);
    waiting.push(
      answer.then(
        (ack: unknown) => {
          offences.answered++;
          const told = AckEnvelope.safeParse(ack);
          if (told.success && (told.data.ok || told.data.error.code !== 'INTERNAL')) return;
          const what = JSON.stringify(ack).slice(0, 200);
          offences.wrong.push(`seed ${seed}, message ${sent}: ${name}: ${what}`);
        },
        async () => {
          await goOn(READ_WITHIN_MS);
          if (socket.connected) offences.missing++;
        },
      ),
    );
  }
  await Promise.all(waiting);
  client.disconnect();
};

const offendAll = async (orders: Orders): Promise<Offences> => {
  const offences: Offences = { sent: 0, answered: 0, missing: 0, wrong: [], cut: 0 };
  await Promise.all(
    Array.from({ length: orders.offenders }, (_, index) =>
      offend(orders, orders.seed + index, offences),
    ),
  );
  return offences;
};

/** Lets them loose in a thread of their own. */
export const letLoose = (orders: Orders): Promise<Offences> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: orders });
    thread.once('message', resolve);
    thread.once('error', reject);
  });

if (parentPort !== null && workerData !== null) {
  parentPort.postMessage(await offendAll(workerData as Orders));
  process.exit(0);
}
