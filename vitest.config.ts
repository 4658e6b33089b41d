import { defineConfig } from 'vitest/config';
import { RETAKE } from './scripts/lib/retaken.mjs';

/** Tests of what the tests themselves use: they take neither worker nor browser. */
const SUPPORT = '{sfu-server/{test,faults},web/{e2e,faults}}/support/**/*.test.ts';

/** They judge milliseconds, or how long things take, of a server: no other test runs beside them. */
const TIMED = ['sfu-server/faults/faults.test.ts', 'sfu-server/test/scale.test.ts'];

/** Where tests judge time and sound: what misses while the host takes the machine is taken again. */
const JUDGED_BY_THE_CLOCK = { setupFiles: ['scripts/lib/retakeSetup.mjs'], retry: RETAKE };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: 2,
          // The projects run one after another, each in its turn.
          sequence: { groupOrder: 0 },
          include: [
            'protocol/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'sfu-server/{src,bench}/**/*.test.ts',
            'web/src/**/*.test.ts',
            SUPPORT,
          ],
          environment: 'node',
        },
      },
      {
        test: {
          ...JUDGED_BY_THE_CLOCK,
          name: 'server',
          include: ['sfu-server/{test,rtc-peer,faults}/**/*.test.ts'],
          exclude: [SUPPORT, ...TIMED],
          environment: 'node',
          // Each file has a worker of its own; two cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...JUDGED_BY_THE_CLOCK,
          name: 'timed',
          include: TIMED,
          environment: 'node',
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...JUDGED_BY_THE_CLOCK,
          name: 'browser',
          include: ['web/{e2e,faults}/**/*.test.ts'],
          exclude: [SUPPORT],
          environment: 'node',
          // Browsers share two cores with the server and must not starve each other's sound.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
