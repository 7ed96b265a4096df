import { defineConfig } from 'vitest/config';

const ignored = ['node_modules/**', '.next/**', 'dist/**', 'data/**', 'e2e/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...ignored, '**/*.engine.test.ts', '**/*.attack.test.ts', '**/*.contract.test.ts'],
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
          name: 'images',
          include: ['images/**/*.contract.test.ts'],
          exclude: ignored,
          testTimeout: 90_000,
          // A database of a hundred megabytes is pulled, or an image of Docker Hub.
          hookTimeout: 600_000,
          // For who writes a Dockerfile: contracts are about `drydock/contract-ID` of the engine, published nowhere.
          provide: { loadBuiltImages: process.env.DRYDOCK_CONTRACT_LOAD === '1' },
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
