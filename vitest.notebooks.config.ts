import { defineConfig } from 'vitest/config';

/** The notebooks, each run from its first cell to its last on a real kernel; two files at once, one a core. */
export default defineConfig({
  test: {
    include: ['test/notebooks/**/*.test.ts'],
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
