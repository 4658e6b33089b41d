/**
 * Calls over real sockets with races of every kind, some with real media: whether each device is
 * told the one end that the server's order allows, whether anything is left of them afterwards, and
 * how long a call takes to ring. Ends with 1 where something is wrong.
 */
import { randomUUID } from 'node:crypto';
import type { CallId } from '@veche/protocol';
import { endsAt, idOf, initiate, race, settle } from '../test/support/calling.ts';
import { childrenOf, spawnServer, urlOf } from '../test/support/process.ts';
import { RawPeer } from '../test/support/rawPeer.ts';
import { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import { summary } from './report/statistics.ts';

const {
  calls: CALLS,
  pairs: PAIRS,
  output,
} = readOptions({
  scenario: 'calls',
  about: 'Calls with races of every kind: whether each ends for all with the one right reason.',
  minutes: 3,
  options: {
    calls: { default: 1000, about: 'how many calls' },
    pairs: { default: 20, about: 'pairs of people who call at the same time' },
  },
});
/** Share of those that are simply answered and ended which have real media. */
const WITH_MEDIA = 0.5;
const TOLD_WITHIN_MS = 10_000;
const GONE_WITHIN_MS = 2000;
/** Calls that ring and that are active, routers, transports, producers, consumers. */
const COUNTED = 6;
const GRACES = {
  VECHE_CALLS_RING_MS: '1500',
  VECHE_CALLS_GRACE_MS: '600',
  VECHE_CALLS_RINGING_GRACE_MS: '400',
  VECHE_CALLS_DELIBERATE_GRACE_MS: '300',
};

/** Two people who call each other: one has a phone and a laptop. */
interface Pair {
  ana: TestClient;
  bo: TestClient;
  laptop: TestClient;
}

const wrong: string[] = [];
const endings = new Map<string, number>();
const ringTimes: number[] = [];
let placed = 0;
let withMedia = 0;

const server = spawnServer({ DATA_DIR: ':memory:', LOG_LEVEL: 'error', ...GRACES });
const url = await urlOf(server);

/** A call that rings at both devices of its callee. */
const ring = async ({ ana, bo, laptop }: Pair): Promise<CallId> => {
  const at = performance.now();
  const rang = new Promise<number>((resolve) => {
    bo.socket.once('call:offer', () => {
      resolve(performance.now());
    });
  });
  const callId = await initiate(ana, bo);
  ringTimes.push((await rang) - at);
  await laptop.next('call:offer', (offer) => offer.callId === callId, TOLD_WITHIN_MS);
  return callId;
};

const answer = async (pair: Pair): Promise<CallId> => {
  const callId = await ring(pair);
  await pair.bo.request('call:answer', { callId });
  await pair.ana.next('call:answer', (it) => it.callId === callId, TOLD_WITHIN_MS);
  return callId;
};

/** Both hear each other. */
const hear = async ({ ana, bo }: Pair, callId: CallId): Promise<void> => {
  withMedia++;
  const one = await RawPeer.joinCall(ana, callId);
  const two = await RawPeer.joinCall(bo, callId);
  const [hers, his] = await Promise.all([one.publish(), two.publish()]);
  await Promise.all([one.subscribe([his]), two.subscribe([hers])]);
  await Promise.all([one.unmute(), two.unmute()]);
  one.say(Buffer.from('hello'));
  two.say(Buffer.from('here'));
  await two.hears(Buffer.from('hello'), TOLD_WITHIN_MS);
  await one.hears(Buffer.from('here'), TOLD_WITHIN_MS);
  one.close();
  two.close();
};

/** Each of these devices is told this end of the call, and nothing else of that kind. */
const expectEnds = async (
  what: string,
  callId: CallId,
  expected: readonly (readonly [TestClient, string])[],
): Promise<void> => {
  for (const [client] of expected) {
    await until(() => endsAt(client, callId).length > 0, `${what}: an end`, TOLD_WITHIN_MS).catch(
      () => undefined,
    );
  }
  await settle(...expected.map(([client]) => client));
  for (const [client, reason] of expected) {
    const told = endsAt(client, callId).join(', ');
    if (told !== reason) wrong.push(`${what}: told ${told || 'nothing'}, not ${reason}`);
  }
  const first = expected[0]?.[1] ?? 'none';
  endings.set(first, (endings.get(first) ?? 0) + 1);
};

const comeBack = ({ token, deviceId }: TestClient): Promise<TestClient> =>
  TestClient.connect(url, { name: '', token, deviceId });

/** What may happen to a call; each checks what all are told. */
const scenarios: Record<string, (pair: Pair) => Promise<void>> = {
  'hang up': async (pair) => {
    const callId = await answer(pair);
    const { ana, bo, laptop } = pair;
    if (Math.random() < WITH_MEDIA) await hear(pair, callId);
    await (Math.random() < 0.5 ? ana : bo).request('call:end', { callId });
    await expectEnds('hang up', callId, [
      [ana, 'hangup'],
      [bo, 'hangup'],
      [laptop, 'answered_elsewhere'],
    ]);
  },
  'both hang up': async (pair) => {
    const callId = await answer(pair);
    const { ana, bo } = pair;
    await race(
      () => ana.request('call:end', { callId }),
      () => bo.request('call:end', { callId }),
    );
    await expectEnds('both hang up', callId, [
      [ana, 'hangup'],
      [bo, 'hangup'],
    ]);
  },
  'cancel against answer': async (pair) => {
    const callId = await ring(pair);
    const { ana, bo, laptop } = pair;
    const [, { call }] = await race(
      () => ana.request('call:end', { callId }),
      () => bo.request('call:answer', { callId }),
    );
    const reason = call.state === 'active' ? 'hangup' : 'cancelled';
    await expectEnds('cancel against answer', callId, [
      [ana, reason],
      [bo, reason],
      [laptop, call.state === 'active' ? 'answered_elsewhere' : reason],
    ]);
  },
  'reject against answer': async (pair) => {
    const callId = await ring(pair);
    const { ana, bo, laptop } = pair;
    const [{ call }] = await race(
      () => bo.request('call:answer', { callId }),
      () => laptop.request('call:reject', { callId }),
    );
    const active = call.state === 'active';
    if (active) await bo.request('call:end', { callId });
    await expectEnds('reject against answer', callId, [
      [ana, active ? 'hangup' : 'rejected'],
      [bo, active ? 'hangup' : 'rejected'],
      [laptop, active ? 'answered_elsewhere' : 'rejected'],
    ]);
  },
  'two answer': async (pair) => {
    const callId = await ring(pair);
    const { ana, bo, laptop } = pair;
    const [{ call }] = await race(
      () => bo.request('call:answer', { callId }),
      () => laptop.request('call:answer', { callId }),
    );
    const [winner, loser] = call.state === 'active' ? [bo, laptop] : [laptop, bo];
    await ana.request('call:end', { callId });
    await expectEnds('two answer', callId, [
      [ana, 'hangup'],
      [winner, 'hangup'],
      [loser, 'answered_elsewhere'],
    ]);
  },
  'each calls the other': async ({ ana, bo }) => {
    const [hers, his] = await race(
      () => initiate(ana, bo),
      () => initiate(bo, ana),
    );
    if (hers !== his) wrong.push('each calls the other: two calls');
    await race(
      () => ana.request('call:end', { callId: hers }),
      () => bo.request('call:end', { callId: hers }),
    );
    await expectEnds('each calls the other', hers, [
      [ana, 'hangup'],
      [bo, 'hangup'],
    ]);
  },
  'the same key twice': async ({ ana, bo, laptop }) => {
    const key = randomUUID();
    const [one, two] = await Promise.all([initiate(ana, bo, { key }), initiate(ana, bo, { key })]);
    if (one !== two) wrong.push('the same key twice: two calls');
    await bo.next('call:offer', (offer) => offer.callId === one, TOLD_WITHIN_MS);
    await bo.request('call:reject', { callId: one });
    await expectEnds('the same key twice', one, [
      [ana, 'rejected'],
      [bo, 'rejected'],
      [laptop, 'rejected'],
    ]);
  },
  'busy meanwhile': async (pair) => {
    const callId = await answer(pair);
    const { ana, bo, laptop } = pair;
    const blocked = await initiate(laptop, ana);
    await expectEnds('busy meanwhile', blocked, [[laptop, 'busy: caller']]);
    await ana.request('call:end', { callId });
    await expectEnds('busy meanwhile, the call', callId, [
      [ana, 'hangup'],
      [bo, 'hangup'],
    ]);
  },
  'nobody answers': async (pair) => {
    const callId = await ring(pair);
    const { ana, bo, laptop } = pair;
    await expectEnds('nobody answers', callId, [
      [ana, 'no_answer'],
      [bo, 'no_answer'],
      [laptop, 'no_answer'],
    ]);
  },
  'the caller vanishes while it rings': async (pair) => {
    const callId = await ring(pair);
    if (Math.random() < 0.5) pair.ana.cut();
    else pair.ana.disconnect();
    await expectEnds('the caller vanishes', callId, [
      [pair.bo, 'caller_gone'],
      [pair.laptop, 'caller_gone'],
    ]);
    pair.ana = await comeBack(pair.ana);
  },
  'one vanishes while they talk': async (pair) => {
    const callId = await answer(pair);
    const side = Math.random() < 0.5 ? 'ana' : 'bo';
    if (Math.random() < 0.5) pair[side].cut();
    else pair[side].disconnect();
    const other = pair[side === 'ana' ? 'bo' : 'ana'];
    await expectEnds('one vanishes', callId, [[other, 'connection_lost']]);
    pair[side] = await comeBack(pair[side]);
  },
  'one comes back, or is replaced': async (pair) => {
    const callId = await answer(pair);
    const side = Math.random() < 0.5 ? 'ana' : 'bo';
    const former = pair[side];
    // Without a cut, the old connection is replaced, and its end comes late.
    if (Math.random() < 0.5) former.cut();
    pair[side] = await comeBack(former);
    if (pair[side].welcome.call?.id !== callId) wrong.push('one comes back: to no call');
    await pair[side].request('call:end', { callId });
    await expectEnds('one comes back', callId, [
      [pair.ana, 'hangup'],
      [pair.bo, 'hangup'],
    ]);
  },
  'a cut against an answer': async (pair) => {
    const callId = await ring(pair);
    const { ana, bo } = pair;
    await race(
      () => bo.request('call:answer', { callId }),
      () => {
        ana.cut();
        return Promise.resolve();
      },
    );
    await expectEnds('a cut against an answer', callId, [[bo, 'connection_lost']]);
    pair.ana = await comeBack(ana);
  },
};

const arrive = async (index: number): Promise<Pair> => {
  const ana = await TestClient.connect(url, { name: `Ana ${index}` });
  const bo = await TestClient.connect(url, { name: `Bo ${index}` });
  const laptop = await TestClient.connect(url, { name: '', token: bo.token });
  return { ana, bo, laptop };
};

/** The numbers of everything that must be gone, as the server counts it. */
const counts = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(
    /^(veche_(?:calls|routers|transports|producers|consumers)(?:\{.*?\})?) (\d+)$/gm,
  );
  return Object.fromEntries([...lines].map(([, name, value]) => [name ?? '', Number(value)]));
};

const pairs = await Promise.all(Array.from({ length: PAIRS }, (_, index) => arrive(index)));
const startedAt = performance.now();
const kinds = Object.entries(scenarios);
await Promise.all(
  pairs.map(async (pair) => {
    while (placed < CALLS) {
      placed++;
      const [name, scenario] = kinds[Math.floor(Math.random() * kinds.length)] ?? [];
      if (!scenario) break;
      try {
        await scenario(pair);
      } catch (error) {
        wrong.push(`${name}: ${String(error)}`);
      }
      for (const client of [pair.ana, pair.bo, pair.laptop]) {
        const welcome = client.received[0];
        client.forget();
        if (welcome) client.received.push(welcome);
      }
    }
  }),
);
const seconds = (performance.now() - startedAt) / 1000;

let left = await counts();
await until(
  async () => Object.values((left = await counts())).every((count) => count === 0),
  'nothing is left',
  GONE_WITHIN_MS,
).catch(() => undefined);
const leaks = Object.entries(left).filter(([, count]) => count > 0);
if (Object.keys(left).length < COUNTED) wrong.push('the server does not say what is left');
for (const { ana, bo } of pairs) {
  const { people } = await ana.request('people:watch', { userIds: [idOf(ana), idOf(bo)] });
  for (const { id, presence } of people) {
    if (presence !== 'online') leaks.push([`${id} is ${presence}`, 1]);
  }
}

publish(
  {
    scenario: 'calls',
    parameters: { calls: placed, atOnce: PAIRS, withMedia },
    figures: [
      { what: '`call:initiate` → `call:offer`', unit: 'ms', values: summary(ringTimes) },
      {
        what: 'ends that are not the one right reason',
        unit: '',
        values: { value: wrong.length },
        reach: { of: 'value', most: 0 },
      },
      {
        what: 'calls, routers, transports, producers, consumers and busy people left',
        unit: '',
        values: { value: leaks.length },
        reach: { of: 'value', most: 0 },
      },
    ],
    details: {
      workers: childrenOf(server.pid).length,
      seconds: Math.round(seconds),
      ends: Object.fromEntries([...endings].sort(([, a], [, b]) => b - a)),
      problems: [...wrong.slice(0, 20), ...leaks.map(([name, count]) => `left: ${count} ${name}`)],
    },
  },
  output,
);
for (const problem of wrong.slice(0, 20)) progress(problem);
for (const { ana, bo, laptop } of pairs) {
  for (const client of [ana, bo, laptop]) client.disconnect();
}
server.child.kill('SIGTERM');
await server.ended();
process.exit(wrong.length + leaks.length > 0 ? 1 : 0);
