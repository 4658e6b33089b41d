import { timed } from '../../sfu-server/faults/support/figures.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { LineScenario } from './support/lineScenario.ts';

const NOTICED_WITHIN_MS = 10_000;
const GONE_WITHIN_MS = 25_000;
const CLEAN_WITHIN_MS = 2000;

export default new LineScenario(import.meta.url, {
  name: 'frozen',
  number: 8,
  title: 'A device stands still, in a room',
  injects: 'The processes of a browser stand still: nothing comes from it, and nothing is closed.',
  seconds: 45,
  play: async (stage) => {
    const { near } = await stage.meet();
    const { page, person } = near.caller;
    const { counts } = stage.server.running.pool;
    const transportsOfBoth = counts.transports;
    stage.farBrowser.freeze();
    const startedAt = performance.now();
    await page
      .getByText('Reconnecting…')
      .first()
      .waitFor({ timeout: 2 * NOTICED_WITHIN_MS });
    const noticedMs = performance.now() - startedAt;
    await until(
      async () => (await person.sees()).length === 1,
      'nobody else is shown',
      2 * GONE_WITHIN_MS,
    );
    const goneMs = performance.now() - startedAt;
    const { pool } = stage.server.running;
    const cleanMs = await timed(() =>
      until(
        () => pool.counts.transports === transportsOfBoth / 2,
        () => `its transports are closed; open: ${pool.counts.transports}`,
        10 * CLEAN_WITHIN_MS,
      ),
    );
    return [
      {
        what: 'the other is shown as reconnecting after',
        value: Math.round(noticedMs),
        unit: 'ms',
        goal: { atMost: NOTICED_WITHIN_MS },
      },
      {
        what: 'and as gone after',
        value: Math.round(goneMs),
        unit: 'ms',
        goal: { atMost: GONE_WITHIN_MS },
      },
      {
        what: 'its transports are closed after that',
        value: Math.round(cleanMs),
        unit: 'ms',
        goal: { atMost: CLEAN_WITHIN_MS },
      },
    ];
  },
});
