import { defineConfig } from 'vitest/config';

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
