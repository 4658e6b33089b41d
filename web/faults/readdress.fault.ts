import { timed } from '../../sfu-server/faults/support/figures.ts';
import { until } from '../../sfu-server/test/support/wait.ts';
import { LineScenario } from './support/lineScenario.ts';
import { hearEachOther, pathOf } from './support/stage.ts';

const BACK_WITHIN_MS = 6000;

export default new LineScenario(import.meta.url, {
  name: 'readdress',
  number: 13,
  title: 'Another network, another address',
  injects: 'The device gets another address; the one it had is gone.',
  seconds: 25,
  play: async (stage) => {
    const { near, far } = await stage.meet();
    const formerConnections = (await far.caller.page.evaluate(() => window.meters.read()))
      .connections;
    await stage.line.readdress();
    const { farAddress } = stage.line;
    const backMs = await timed(async () => {
      await until(
        async () => (await pathOf(far)).endsWith(farAddress),
        'media goes over the new address',
        4 * BACK_WITHIN_MS,
      );
      await hearEachOther({ near, far });
    });
    const { connections } = await far.caller.page.evaluate(() => window.meters.read());
    return [
      {
        what: 'both hear each other again, over the new address',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: BACK_WITHIN_MS },
      },
      {
        what: 'connections made anew: an ICE restart is enough',
        value: connections - formerConnections,
        goal: { exactly: 0 },
      },
      {
        what: 'people in the room',
        value: (await near.caller.person.sees()).length,
        goal: { exactly: 2 },
      },
    ];
  },
});
