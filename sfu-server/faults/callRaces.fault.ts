/** Row 21: what can happen to a ringing call happens twice in the same moment, with three devices. */
import type { CallId } from '@veche/protocol';
import { endsAt, race, ring, settle } from '../test/support/calling.ts';
import type { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { startServer } from './support/server.ts';

const ROUNDS = { full: 100, short: 10 };
const RING_MS = 400;
const APART_MS = 50;
const TOLD_WITHIN_MS = 5000;

type Deed = 'cancel' | 'answer' | 'reject' | 'timeout';

/** The second of them is done on another device of the callee. */
const RACES: readonly (readonly [Deed, Deed])[] = [
  ['cancel', 'answer'],
  ['cancel', 'reject'],
  ['answer', 'reject'],
  ['answer', 'answer'],
  ['reject', 'reject'],
  ['timeout', 'answer'],
  ['timeout', 'reject'],
  ['timeout', 'cancel'],
];

/** A caller, and somebody with three devices. */
interface Party {
  readonly ana: TestClient;
  readonly devices: readonly [TestClient, TestClient, TestClient];
}

const perform = async (deed: Deed, callId: CallId, caller: TestClient, device: TestClient) => {
  if (deed === 'timeout') return;
  if (deed === 'cancel') await caller.request('call:end', { callId });
  else await device.request(deed === 'answer' ? 'call:answer' : 'call:reject', { callId });
};

/** In the last moments of the ringing, where that is what the other races with. */
const untilDue = (deeds: readonly Deed[], rangAt: number): Promise<void> =>
  deeds.includes('timeout')
    ? new Promise((resolve) => {
        setTimeout(
          resolve,
          rangAt + RING_MS - performance.now() + (Math.random() * 2 - 1) * APART_MS,
        );
      })
    : Promise.resolve();

/** What is wrong with what they were told; '' where nothing is. */
const faultOf = async ({ ana, devices }: Party, deeds: readonly [Deed, Deed]): Promise<string> => {
  const callId = await ring(ana, ...devices);
  const rangAt = performance.now();
  const [one, other] = deeds;
  await untilDue(deeds, rangAt);
  await race(
    () => perform(one, callId, ana, devices[0]),
    () => perform(other, callId, ana, devices[1]),
  );
  const wasAnswered = ana.all('call:answer').some((notice) => notice.callId === callId);
  // An answered call goes on until somebody ends it.
  if (wasAnswered) await ana.request('call:end', { callId });
  const everybody = [ana, ...devices];
  await until(
    () => everybody.every((client) => endsAt(client, callId).length > 0),
    'all are told an end',
    TOLD_WITHIN_MS,
  ).catch(() => undefined);
  await settle(...everybody);
  const told = everybody.map((client) => endsAt(client, callId).join(' and '));
  const answeredBy = devices.filter((device) =>
    device.all('call:answer').some((notice) => notice.callId === callId),
  );
  const [reason = ''] = told;
  const expected = everybody.map((client, index) =>
    index > 0 && wasAnswered && answeredBy[0] !== client ? 'answered_elsewhere' : reason,
  );
  for (const client of everybody) client.forget();
  if (wasAnswered && answeredBy.length !== 1) return `${answeredBy.length} devices answered`;
  return reason !== '' && told.join() === expected.join() ? '' : `told ${told.join(', ')}`;
};

export default new Scenario({
  name: 'call-races',
  number: 21,
  title: 'Cancel, answer, reject and time-out in the same moment',
  injects: `Two of them up to ${APART_MS} ms apart, on calls that ring at three devices.`,
  seconds: 50,
  run: async (context) => {
    const server = await startServer(context, { VECHE_CALLS_RING_MS: String(RING_MS) });
    const rounds = context.short ? ROUNDS.short : ROUNDS.full;
    const faults: string[] = [];
    let calls = 0;
    await Promise.all(
      RACES.map(async (deeds, index) => {
        const ana = await server.connect(`Ana ${index}`);
        const bo = await server.connect(`Bo ${index}`);
        const more = { token: bo.token };
        const devices: Party['devices'] = [
          bo,
          await server.connect('', more),
          await server.connect('', more),
        ];
        for (let round = 0; round < rounds; round++) {
          const fault = await faultOf({ ana, devices }, deeds);
          calls++;
          if (fault !== '') faults.push(`${deeds.join(' against ')}: ${fault}`);
        }
      }),
    );
    for (const fault of faults.slice(0, 5)) context.say(fault);
    return [
      { what: 'calls', value: calls },
      {
        what: 'calls of which all were told the same end',
        value: calls - faults.length,
        goal: { exactly: calls },
      },
    ];
  },
});
