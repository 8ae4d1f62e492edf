import { defineConfig } from 'vitest/config';

/** The notebooks, each run from its first cell to its last on a real kernel; two kernels at once, one a core. */
export default defineConfig({
  test: {
    include: ['test/notebooks/**/*.test.ts'],
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
