import { defineConfig } from 'vitest/config';

/** The set-up in the likeness of a SageMaker Studio space, from the clone to the removal. Run by `npm run test:studio`. */
export default defineConfig({
  test: {
    include: ['test/studio/**/*.test.ts'],
    fileParallelism: false,
    // One space, whose life is told in order: what comes after a failure would fail for its sake.
    bail: 1,
    // Studio gives a script that runs at the start of a space five minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
