import { timed } from '../../sfu-server/faults/support/figures.ts';
import { LineScenario } from './support/lineScenario.ts';
import { hearEachOther, pathOf } from './support/stage.ts';

const WITHIN_MS = 10_000;

export default new LineScenario(import.meta.url, {
  name: 'udp-never',
  number: 10,
  title: 'A network without UDP',
  injects: 'No UDP comes through from the start; TCP does.',
  seconds: 20,
  play: async (stage) => {
    await stage.line.suffer({ blocked: 'udp' });
    const { near, far, link } = await stage.gather();
    const heardMs = await timed(async () => {
      await stage.enter(far, link);
      await hearEachOther({ near, far });
    });
    const [path = ''] = (await pathOf(far)).split(' ');
    return [
      {
        what: 'from opening the room to hearing each other',
        value: Math.round(heardMs),
        unit: 'ms',
        goal: { atMost: WITHIN_MS },
      },
      { what: 'over', value: path, goal: { exactly: 'tcp' } },
    ];
  },
});
