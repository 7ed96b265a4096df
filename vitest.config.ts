import { defineConfig } from 'vitest/config';

const ignored = ['node_modules/**', '.next/**', 'dist/**', 'data/**', 'e2e/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...ignored, '**/*.engine.test.ts', '**/*.attack.test.ts'],
          // Some wait for files and timers, and a busy machine is no reason to fail.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'engine',
          include: ['**/*.engine.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'attacks',
          include: ['**/*.attack.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
