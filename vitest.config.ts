import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** Folders of `test/` that are projects of their own; the rest of the tests is `unit`. */
const apart = [
  'notebooks',
  'clients',
  'kernel-clients',
  'browser',
  'studio',
  'packages',
  'postgres',
  'attack',
  'model',
] as const;

/** Tests that start, stop and kill real kernels, servers and programs, and wait for them. */
const processes = [
  'test/notebooks/{kernel,kernel-*,runner,005}.test.ts',
  'packages/workshop/test/start.test.ts',
  'packages/workshop/test/setup/npm-packages.test.ts',
  'test/lib/history/crash.test.ts',
];

/** Tests that run cells in their own process. */
const runsCells = ['packages/kernel/test/**/*.test.ts', 'packages/workshop/test/kernel/moved-names.test.ts'];

type Options = Exclude<
  TestProjectConfiguration,
  string | Promise<unknown> | ((...args: never) => unknown)
>['test'];

/** What both projects of unit tests have in common. */
const unit: Options = {
  // Generous: a machine that is busy with other things is no failure, and what hangs is found all the same.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // vitest leaves one core to itself, which is half of a machine with two.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};

/** Projects run after each other, in their order, because they differ in how many files they run at once. */
const project = (
  name: 'unit' | 'unit-kernel' | 'processes' | 'eras' | (typeof apart)[number],
  groupOrder: number,
  test: Options,
) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder }, ...test },
});

/** One project: `npx vitest run --project notebooks`. Tests by their paths, of whichever: `npx vitest run test/docs`. */
export default defineConfig({
  test: {
    // What is waited for comes, however late: the second that vitest gives by itself is over soon on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      project('unit', 0, {
        include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
        exclude: [...apart.map((name) => `test/${name}/**`), ...runsCells, ...processes],
        // Files share a process, and with it what they import, which is a third of what all of this costs. What a test
        // puts in the place of something is put back after it.
        isolate: false,
        restoreMocks: true,
        unstubEnvs: true,
        unstubGlobals: true,
        ...unit,
      }),
      /** Each in a process of its own: running cells leaves the globals there by which `lib` knows a notebook. */
      project('unit-kernel', 0, { include: runsCells, ...unit }),
      /** The notebooks, each run from its first cell to its last on a real kernel; two files at once, one a core. */
      project('notebooks', 1, {
        exclude: ['test/notebooks/eras.test.ts', ...processes],
        maxWorkers: 2,
        maxConcurrency: 2,
        // 006 brings a PostgreSQL with it, which a busy machine starts slowly.
        testTimeout: 600_000,
        hookTimeout: 120_000,
      }),
      /** Run by `npm run test:processes`. */
      project('processes', 2, {
        include: processes,
        maxWorkers: 2,
        testTimeout: 300_000,
        hookTimeout: 120_000,
      }),
      /** The notebooks once more, as AWS is today, and in another region with each cell run twice: `npm run test:eras`. */
      project('eras', 3, {
        include: ['test/notebooks/eras.test.ts'],
        maxConcurrency: 2,
        testTimeout: 600_000,
        hookTimeout: 120_000,
      }),
      /** Other people's clients against the local endpoint. Run by `npm run test:clients`, which installs them first. */
      project('clients', 4, {
        exclude: ['test/clients/node_modules/**'],
        globalSetup: ['test/clients/install.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      /** Jupyter's conformance suite, and other people's programs that run kernels: `npm run test:kernel-clients`. */
      project('kernel-clients', 5, {
        globalSetup: ['test/kernel-clients/install.ts'],
        fileParallelism: false,
        testTimeout: 180_000,
      }),
      /** JupyterLab and the chat page in real browsers, as a learner sees them. Run by `npm run test:browser`. */
      project('browser', 6, {
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      /** The set-up in the likeness of a SageMaker Studio space, from the clone to the removal: `npm run test:studio`. */
      project('studio', 7, {
        fileParallelism: false,
        // One space, whose life is told in order: what comes after a failure would fail for its sake.
        bail: 1,
        // Studio gives a script that runs at the start of a space five minutes.
        testTimeout: 300_000,
        hookTimeout: 300_000,
      }),
      /** The packages in folders of their own, as other programs use them. Run by `npm run test:packages`. */
      project('packages', 8, {
        exclude: ['test/packages/programs/**'],
        testTimeout: 120_000,
        hookTimeout: 300_000,
      }),
      /** Shared stores on a real PostgreSQL server and on PGlite: `npm run test:postgres`, which installs the server. */
      project('postgres', 7, {
        globalSetup: ['test/postgres/start.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      /** Endpoint and notebooks with the words of a small language model: `npm run test:model`, which fetches it first. */
      project('model', 12, {
        globalSetup: ['test/model/weights.ts'],
        fileParallelism: false,
        maxConcurrency: 2,
        // A loaded machine makes a model slower than anything else.
        testTimeout: 600_000,
        hookTimeout: 120_000,
      }),
      /** What hostile texts, machines and moments do to the page and the set-up: `npm run test:attack`. */
      project('attack', 11, {
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});
