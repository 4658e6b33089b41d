import { svelte } from '@sveltejs/vite-plugin-svelte';
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
            'sfu-server/src/**/*.test.ts',
            'web/src/{session,platform,i18n}/**/*.test.ts',
          ],
          exclude: ['**/*.dom.test.ts', '**/node_modules/**'],
          environment: 'node',
        },
      },
      {
        plugins: [svelte()],
        test: {
          name: 'dom',
          include: ['web/src/**/*.{svelte,dom}.test.ts'],
          environment: 'happy-dom',
        },
      },
      {
        test: {
          name: 'server',
          include: ['sfu-server/{test,rtc-peer}/**/*.test.ts'],
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
          include: ['web/e2e/**/*.test.ts'],
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
