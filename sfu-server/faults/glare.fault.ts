/** Row 20: two people call each other in the same moment, again and again. */
import { percentile } from '../bench/report/statistics.ts';
import { answered, endsAt, initiate, race, settle } from '../test/support/calling.ts';
import type { TestClient } from '../test/support/testClient.ts';
import { Scenario } from './scenario.ts';
import { largest } from './support/figures.ts';
import { startServer } from './support/server.ts';

/** Short: among other tests. */
const PAIRS = { full: 10, short: 3 };
const ROUNDS = { full: 100, short: 20 };
const SETUP_WITHIN_MS = 1000;

export default new Scenario({
  name: 'glare',
  number: 20,
  title: 'Two people call each other in the same moment',
  injects: 'A calls B while B calls A, up to 50 ms apart, of several pairs at once.',
  seconds: 20,
  run: async (context) => {
    const server = await startServer(context);
    const rounds = context.short ? ROUNDS.short : ROUNDS.full;
    const atOnce = context.short ? PAIRS.short : PAIRS.full;
    const setups: number[] = [];
    let oneCall = 0;
    let wrongEnds = 0;
    const pairs = Array.from({ length: atOnce }, async (_, pair) => {
      const ana = await server.connect(`Ana ${pair}`);
      const bo = await server.connect(`Bo ${pair}`);
      for (let round = 0; round < rounds; round++) {
        let lastAt = 0;
        const call = (from: TestClient, to: TestClient) => {
          lastAt = performance.now();
          return initiate(from, to);
        };
        const [hers, his] = await race(
          () => call(ana, bo),
          () => call(bo, ana),
        );
        await Promise.all([answered(ana, hers), answered(bo, his)]);
        // From the moment when both had called.
        setups.push(performance.now() - lastAt);
        await Promise.all([
          ana.request('call:end', { callId: hers }),
          bo.request('call:end', { callId: his }),
        ]);
        await settle(ana, bo);
        const told = [ana, bo].flatMap((client) => client.all('call:answer'));
        const ids = new Set([hers, his, ...told.map(({ callId }) => callId)]);
        if (ids.size === 1 && told.length === 2) oneCall++;
        if (endsAt(ana, hers).join() !== 'hangup' || endsAt(bo, his).join() !== 'hangup') {
          wrongEnds++;
        }
        ana.forget();
        bo.forget();
      }
    });
    await Promise.all(pairs);
    const total = atOnce * rounds;
    return [
      { what: 'exactly one active call', value: oneCall, goal: { exactly: total } },
      { what: 'told another end than hangup', value: wrongEnds, goal: { exactly: 0 } },
      { what: 'both connected after both called, p50', value: percentile(setups, 0.5), unit: 'ms' },
      {
        what: 'both connected after both called, max',
        value: largest(setups),
        unit: 'ms',
        goal: { atMost: SETUP_WITHIN_MS },
      },
    ];
  },
});
