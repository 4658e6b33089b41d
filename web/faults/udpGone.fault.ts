import { timed } from '../../sfu-server/faults/support/figures.ts';
import { LineScenario } from './support/lineScenario.ts';
import { hearEachOther, pathOf } from './support/stage.ts';
import { until } from '../../sfu-server/test/support/wait.ts';

const WITHIN_MS = 10_000;

export default new LineScenario(import.meta.url, {
  name: 'udp-gone',
  number: 10,
  title: 'UDP is gone for good',
  injects: 'From the middle of a talk on no UDP comes through any more.',
  seconds: 30,
  play: async (stage) => {
    const { near, far } = await stage.meet();
    await stage.line.suffer({ blocked: 'udp' });
    const backMs = await timed(async () => {
      await until(
        async () => (await pathOf(far)).startsWith('tcp'),
        'media goes over TCP',
        4 * WITHIN_MS,
      );
      await hearEachOther({ near, far });
    });
    return [
      {
        what: 'both hear each other again, over TCP',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: WITHIN_MS },
      },
      { what: 'over', value: await pathOf(far) },
    ];
  },
});
