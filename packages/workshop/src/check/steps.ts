import { join } from 'node:path';

/** One check of `npm test`. */
export interface Step {
  readonly name: StepName;
  /** As it is shown while it runs. */
  readonly title: string;
  /** Arguments for the project's Node, to run from the project's folder. */
  readonly args: readonly string[];
  /** Where vitest writes its counts; undefined for a check that counts as one. */
  readonly report: string | undefined;
  /** Where the step leaves what it measured, for a person to read; absent when it measures nothing. */
  readonly figures?: string;
}

/** In the order in which they run. Those after `notebooks` run only when they are named. */
export const stepNames = ['types', 'lint', 'unit', 'notebooks', 'clients', 'browser', 'studio'] as const;
export type StepName = (typeof stepNames)[number];
export const defaultSteps: readonly StepName[] = ['types', 'lint', 'unit', 'notebooks'];

/** Those that start a Jupyter server. */
export const stepsWithJupyter: readonly StepName[] = ['unit', 'notebooks', 'browser'];

/** The TypeScript compiler is named in full: `.bin/tsc` is that of the kernel, an older one. */
export function stepNamed(name: StepName): Step {
  switch (name) {
    case 'types':
      return plain(name, 'type-check', 'node_modules/typescript/bin/tsc', '--noEmit');
    case 'lint':
      return plain(name, 'lint', 'node_modules/@biomejs/biome/bin/biome', 'check');
    case 'unit':
      return tests(name, 'unit tests');
    case 'notebooks':
      return tests(name, 'notebooks', '--config', 'vitest.notebooks.config.ts');
    case 'clients':
      return tests(name, 'other clients', '--config', 'vitest.clients.config.ts');
    case 'browser':
      return tests(name, 'browser tests', '--config', 'vitest.browser.config.ts');
    case 'studio':
      return {
        ...tests(name, 'SageMaker Studio', '--config', 'vitest.studio.config.ts'),
        figures: join('.cache', 'studio-figures.txt'),
      };
  }
}

function plain(name: StepName, title: string, ...args: readonly string[]): Step {
  return { name, title, args, report: undefined };
}

function tests(name: StepName, title: string, ...flags: readonly string[]): Step {
  const report = join('.cache', `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return { name, title, args: ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...flags], report };
}
