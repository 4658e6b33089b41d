import { expect, it } from 'vitest';
import { leastLoaded } from './placement.ts';
import type { WorkerLoad } from './placement.ts';

it('takes the least loaded worker, and counts rooms that were just placed', () => {
  const busy = { cpu: 0.6, routers: 1 };
  const calm = { cpu: 0.1, routers: 1 };
  expect(leastLoaded([busy, calm])).toBe(calm);
  expect(leastLoaded([calm, { cpu: 0.1, routers: 0 }])).toEqual({ cpu: 0.1, routers: 0 });
  expect(leastLoaded<WorkerLoad>([])).toBeUndefined();
});
