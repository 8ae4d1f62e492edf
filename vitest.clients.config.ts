import { defineConfig } from 'vitest/config';

/** Other people's clients against the local endpoint. Run by `npm run test:clients`, which installs them first. */
export default defineConfig({
  test: {
    include: ['test/clients/**/*.test.ts'],
    exclude: ['test/clients/node_modules/**'],
    globalSetup: ['test/clients/install.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
