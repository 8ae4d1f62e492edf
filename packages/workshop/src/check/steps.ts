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
export const stepNames = [
  'types',
  'lint',
  'unit',
  'notebooks',
  'processes',
  'eras',
  'clients',
  'kernel-clients',
  'browser',
  'studio',
  'packages',
  'postgres',
  'attack',
  'model',
] as const;
export type StepName = (typeof stepNames)[number];
export const defaultSteps: readonly StepName[] = ['types', 'lint', 'unit', 'notebooks'];

/** Those that start a Jupyter server. */
export const stepsWithJupyter: readonly StepName[] = [
  'unit',
  'notebooks',
  'processes',
  'eras',
  'browser',
  'model',
];

/** What each runs; `typecheck` names the compiler in full: `.bin/tsc` is that of the kernel, an older one. */
export function stepNamed(name: StepName): Step {
  switch (name) {
    case 'types':
      return plain(name, 'type-check', '--run', 'typecheck');
    case 'lint':
      return plain(name, 'lint', 'node_modules/@biomejs/biome/bin/biome', 'check');
    case 'unit':
      return tests(name, 'unit tests', 'unit-kernel');
    case 'notebooks':
      return tests(name, 'notebooks');
    case 'processes':
      return tests(name, 'kernels and programs');
    case 'eras':
      return tests(name, 'notebooks of today');
    case 'clients':
      return tests(name, 'other clients');
    case 'kernel-clients':
      return tests(name, 'Jupyter’s own programs');
    case 'browser':
      return tests(name, 'browser tests');
    case 'attack':
      return tests(name, 'attacks');
    case 'packages':
      return tests(name, 'packages outside');
    case 'postgres':
      return tests(name, 'PostgreSQL');
    case 'model':
      return { ...tests(name, 'a language model'), figures: join('.cache', 'model-figures.txt') };
    case 'studio':
      return { ...tests(name, 'SageMaker Studio'), figures: join('.cache', 'studio-figures.txt') };
  }
}

function plain(name: StepName, title: string, ...args: readonly string[]): Step {
  return { name, title, args, report: undefined };
}

/** The project of vitest.config.ts that has the step's name, with others. */
function tests(name: StepName, title: string, ...others: readonly string[]): Step {
  const report = join('.cache', `${name}.json`);
  const projects = [name, ...others].map((project) => `--project=${project}`);
  const flags = [...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return { name, title, args: ['node_modules/vitest/vitest.mjs', 'run', ...flags], report };
}

/**
 * The environment of every check. No test can call AWS by accident, whatever the person's own set-up is: their
 * variables are gone, their shared files are out of sight, and an SDK client that no test points anywhere is
 * refused at once by this machine's own discard port.
 *
 * @param jupyterCommand how to run jupyter, for the tests that start it; they get it as `JUPYTER_COMMAND`, in JSON
 */
export function testEnvironment(
  env: NodeJS.ProcessEnv,
  projectRoot: string,
  jupyterCommand: readonly string[] | undefined,
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS|LOCAL_BEDROCK|JUPYTER)_/.test(name));
  const nowhere = join(projectRoot, '.cache', 'no-aws-files-in-tests');
  return {
    ...Object.fromEntries(kept),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...(jupyterCommand !== undefined && { JUPYTER_COMMAND: JSON.stringify(jupyterCommand) }),
  };
}
