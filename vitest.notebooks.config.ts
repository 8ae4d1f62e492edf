import { defineConfig } from 'vitest/config';

/**
 * The notebooks, each run from its first cell to its last on a real kernel, and the kernel itself. Two files at once, and
 * two of the notebooks: their file is the longest, and most of the time alone.
 */
export default defineConfig({
  test: {
    include: ['test/notebooks/**/*.test.ts'],
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
