/** Something does not come through for a while, or for good, while two talk in a room. */
import { setTimeout as lasts } from 'node:timers/promises';
import type { Blocked } from '../../../sfu-server/faults/network/trouble.ts';
import type { Context, Figure } from '../../../sfu-server/faults/scenario.ts';
import { timed } from '../../../sfu-server/faults/support/figures.ts';
import { hearEachOther, pathOf } from './stage.ts';
import type { Stage } from './stage.ts';

interface Outage {
  readonly blocked: Blocked;
  readonly seconds: number;
  /** They must hear each other again so soon after its end, ms. */
  readonly backWithinMs: number;
}

export const endure =
  ({ blocked, seconds, backWithinMs }: Outage) =>
  async (stage: Stage, { say }: Context): Promise<readonly Figure[]> => {
    const { near, far } = await stage.meet();
    say(`over ${await pathOf(far)}`);
    await stage.line.suffer({ blocked });
    await lasts(seconds * 1000);
    await stage.line.suffer({});
    const backMs = await timed(() => hearEachOther({ near, far }));
    return [
      {
        what: 'both hear each other again after its end',
        value: Math.round(backMs),
        unit: 'ms',
        goal: { atMost: backWithinMs },
      },
      { what: 'over', value: await pathOf(far) },
      {
        what: 'people in the room',
        value: (await near.caller.person.sees()).length,
        goal: { exactly: 2 },
      },
    ];
  };
