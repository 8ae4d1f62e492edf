import { defineConfig } from 'vitest/config';

/** The notebooks, each run from its first cell to its last on a real kernel: one at a time, as a learner would. */
export default defineConfig({
  test: {
    include: ['test/notebooks/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
