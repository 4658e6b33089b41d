import { timed } from '../../sfu-server/faults/support/figures.ts';
import { LineScenario } from './support/lineScenario.ts';

const NOTICED_WITHIN_MS = 10_000;
const ENDED_WITHIN_MS = 25_000;
const TOLD_WITHIN_MS = 10_000;

export default new LineScenario(import.meta.url, {
  name: 'cut-off',
  number: 8,
  title: 'A device is cut off, in a call',
  injects: 'No packet of one of two in a call comes through any more, until the call has ended.',
  seconds: 45,
  play: async (stage) => {
    const { near, far } = await stage.talk('audio');
    await stage.line.suffer({ blocked: 'everything' });
    const startedAt = performance.now();
    const noticed = async (page: typeof near.caller.page): Promise<number> => {
      await page
        .getByText(/Reconnecting 0:/)
        .first()
        .waitFor({ timeout: 2 * NOTICED_WITHIN_MS });
      return performance.now() - startedAt;
    };
    const [nearMs, farMs] = await Promise.all([
      noticed(near.caller.page),
      noticed(far.caller.page),
    ]);
    await near.caller.readsEnd('connection_lost', /connection/i, 2 * ENDED_WITHIN_MS);
    const endedMs = performance.now() - startedAt;
    await stage.line.suffer({});
    const toldMs = await timed(() =>
      far.caller.readsEnd('connection_lost', /connection/i, 3 * TOLD_WITHIN_MS),
    );
    const { calls, pool } = stage.server.running;
    const within = (atMost: number) => ({ unit: 'ms', goal: { atMost } });
    return [
      {
        what: 'near: reads “Reconnecting” after',
        value: Math.round(nearMs),
        ...within(NOTICED_WITHIN_MS),
      },
      {
        what: 'far: reads “Reconnecting” after',
        value: Math.round(farMs),
        ...within(NOTICED_WITHIN_MS),
      },
      {
        what: 'near: reads connection_lost after',
        value: Math.round(endedMs),
        ...within(ENDED_WITHIN_MS),
      },
      {
        what: 'far: reads connection_lost, once the line is well, after',
        value: Math.round(toldMs),
        ...within(TOLD_WITHIN_MS),
      },
      { what: 'calls that go on', value: calls.counts.active, goal: { exactly: 0 } },
      { what: 'transports left', value: pool.counts.transports, goal: { exactly: 0 } },
    ];
  },
});
