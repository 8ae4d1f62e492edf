import { defineConfig } from 'vitest/config';

/**
 * The notebooks, each run from its first cell to its last on a real kernel, and the kernel itself. Two files at once, and
 * one kernel in each: one a core.
 */
export default defineConfig({
  test: {
    include: ['test/notebooks/**/*.test.ts'],
    maxWorkers: 2,
    maxConcurrency: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
