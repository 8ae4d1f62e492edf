import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/notebooks/**', 'test/browser/**', 'test/clients/**', 'test/studio/**'],
    testTimeout: 20_000,
  },
});
