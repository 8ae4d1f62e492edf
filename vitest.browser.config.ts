import { defineConfig } from 'vitest/config';

/** JupyterLab in a real browser, as a learner sees it. Run by `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
