import { describe, expect, it } from 'vitest';
import { isFull, leastLoaded, placeListener, placesLeft } from './placement.ts';
import type { WorkerLoad } from './placement.ts';

const LIMITS = { listenersPerRouter: 300, spreadLoad: 0.6, maxLoad: 0.65 };

it('takes the least loaded worker, and counts rooms that were just placed', () => {
  const busy = { cpu: 0.6, routers: 1, missed: 0 };
  const calm = { cpu: 0.1, routers: 1, missed: 0 };
  expect(leastLoaded([busy, calm])).toBe(calm);
  expect(leastLoaded([calm, { cpu: 0.1, routers: 0, missed: 0 }])).toEqual({
    cpu: 0.1,
    routers: 0,
    missed: 0,
  });
  expect(leastLoaded<WorkerLoad>([])).toBeUndefined();
});

it('takes one that did not answer when last asked only where there is no other', () => {
  const silent = { cpu: 0, routers: 0, missed: 2 };
  const asked = { cpu: 0.5, routers: 3, missed: 1 };
  expect(leastLoaded([silent, asked])).toBe(asked);
  expect(leastLoaded([silent])).toBe(silent);
});

describe('the next listener', () => {
  const idle = { cpu: 0, routers: 0, missed: 0 };

  it('receives where there is room, and where there are fewest', () => {
    const home = { cpu: 0.2, listeners: 200 };
    const away = { cpu: 0.3, listeners: 100 };
    expect(placeListener([home], [idle], LIMITS)).toEqual({ router: home });
    expect(placeListener([home, away], [idle], LIMITS)).toEqual({ router: away });
  });

  it('opens a router on the least loaded other worker, for their number or their load', () => {
    const other = { cpu: 0.3, routers: 1, missed: 0 };
    for (const home of [
      { cpu: 0.1, listeners: 300 },
      { cpu: 0.6, listeners: 10 },
    ]) {
      expect(placeListener([home], [other, idle], LIMITS)).toEqual({ worker: idle });
    }
  });

  it('is taken in by the least loaded where no worker has room', () => {
    const home = { cpu: 0.64, listeners: 310 };
    const away = { cpu: 0.61, listeners: 320 };
    expect(placeListener([home, away], [{ cpu: 0.7, routers: 1, missed: 0 }], LIMITS)).toEqual({
      router: away,
    });
  });
});

it('knows about how many more listeners fit', () => {
  expect(placesLeft([{ cpu: 0.05 }, { cpu: 0.9 }], LIMITS)).toBe(400);
});

it('is full where every worker has enough to do', () => {
  expect(isFull([{ cpu: 0.65 }, { cpu: 0.64 }], LIMITS)).toBe(false);
  expect(isFull([{ cpu: 0.65 }, { cpu: 0.9 }], LIMITS)).toBe(true);
  expect(isFull([], LIMITS)).toBe(true);
});
