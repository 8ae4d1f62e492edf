import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** Folders of `test/` that are projects of their own; the rest of the tests is `unit`. */
const apart = ['notebooks', 'clients', 'kernel-clients', 'browser', 'studio', 'packages'] as const;

type Options = Exclude<
  TestProjectConfiguration,
  string | Promise<unknown> | ((...args: never) => unknown)
>['test'];

/** Projects run after each other, in their order, because they differ in how many files they run at once. */
const project = (name: 'unit' | (typeof apart)[number], groupOrder: number, test: Options) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder }, ...test },
});

/** One project: `npx vitest run --project notebooks`. Tests by their paths, of whichever: `npx vitest run test/docs`. */
export default defineConfig({
  test: {
    projects: [
      project('unit', 0, {
        include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
        exclude: apart.map((name) => `test/${name}/**`),
        // Generous: a machine that is busy with other things is no failure, and what hangs is found all the same.
        testTimeout: 60_000,
        hookTimeout: 60_000,
        // vitest leaves one core to itself, which is half of a machine with two.
        maxWorkers: Math.max(2, availableParallelism() - 1),
      }),
      /** The notebooks, each run from its first cell to its last on a real kernel; two files at once, one a core. */
      project('notebooks', 1, {
        maxWorkers: 2,
        maxConcurrency: 2,
        testTimeout: 300_000,
        hookTimeout: 120_000,
      }),
      /** Other people's clients against the local endpoint. Run by `npm run test:clients`, which installs them first. */
      project('clients', 2, {
        exclude: ['test/clients/node_modules/**'],
        globalSetup: ['test/clients/install.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      /** Jupyter's conformance suite, and other people's programs that run kernels: `npm run test:kernel-clients`. */
      project('kernel-clients', 3, {
        globalSetup: ['test/kernel-clients/install.ts'],
        fileParallelism: false,
        testTimeout: 180_000,
      }),
      /** JupyterLab in a real browser, as a learner sees it. Run by `npm run test:browser`. */
      project('browser', 4, { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 }),
      /** The set-up in the likeness of a SageMaker Studio space, from the clone to the removal: `npm run test:studio`. */
      project('studio', 5, {
        fileParallelism: false,
        // One space, whose life is told in order: what comes after a failure would fail for its sake.
        bail: 1,
        // Studio gives a script that runs at the start of a space five minutes.
        testTimeout: 300_000,
        hookTimeout: 300_000,
      }),
      /** The packages in folders of their own, as other programs use them. Run by `npm run test:packages`. */
      project('packages', 6, {
        exclude: ['test/packages/programs/**'],
        testTimeout: 120_000,
        hookTimeout: 300_000,
      }),
    ],
  },
});
