import { defineConfig } from 'vitest/config';
import { RETAKE } from './scripts/lib/retaken.mjs';

/** Where tests judge time and sound: what misses while the host takes the machine is taken again. */
const JUDGED_BY_THE_CLOCK = { setupFiles: ['scripts/lib/retakeSetup.mjs'], retry: RETAKE };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'protocol/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'sfu-server/{src,bench}/**/*.test.ts',
            'web/src/**/*.test.ts',
          ],
          environment: 'node',
        },
      },
      {
        test: {
          ...JUDGED_BY_THE_CLOCK,
          name: 'server',
          include: ['sfu-server/{test,rtc-peer,faults}/**/*.test.ts'],
          environment: 'node',
          // Each file has a worker of its own; two cores.
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...JUDGED_BY_THE_CLOCK,
          name: 'browser',
          include: ['web/{e2e,faults}/**/*.test.ts'],
          environment: 'node',
          // Browsers share two cores with the server and must not starve each other's sound.
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
