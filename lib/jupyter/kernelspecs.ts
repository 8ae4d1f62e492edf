import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './write-file.ts';

/** The names that notebooks and Jupyter know the two kernels by. They differ from tslab's own, `tslab`. */
export const kernelNames = { aws: 'typescript-bedrock', local: 'typescript-bedrock-local' } as const;

/**
 * How the kernels' Node is started, so that many fit in little memory and none is slower for it. While the compiler
 * reads types, V8 would let the space for young objects grow from 1 MB to 64 MB, twice over, and keep it; and it would
 * collect what is old only when that has more than doubled.
 *
 * The last one: when the stop button has ended a timer's callback half-way (`kernel/stop-signal.ts`), Node must not take
 * what it finds then for a fault of its own and abort.
 */
const nodeFlags = [
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--heap-growing-percent=50',
  '--no-force-async-hooks-checks',
];

const kernelEnvironment = {
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  // The C library of most Linux systems keeps freed memory for each thread; two such stores are as quick as eight.
  MALLOC_ARENA_MAX: '2',
};

export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: 'typescript';
  readonly interrupt_mode: 'signal';
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The two kernelspecs, with absolute paths: Jupyter starts kernels with the server's PATH, where neither the
 * project's Node nor tslab need be.
 */
export function kernelspecs(
  projectRoot: string,
  nodePath: string,
): Readonly<Record<'aws' | 'local', Kernelspec>> {
  const launcher = join(projectRoot, 'lib', 'jupyter', 'kernel.ts');
  const spec = (displayName: string, flags: readonly string[]): Kernelspec => ({
    argv: [nodePath, ...nodeFlags, launcher, '--config-path', '{connection_file}', ...flags],
    display_name: displayName,
    language: 'typescript',
    interrupt_mode: 'signal',
    env: kernelEnvironment,
  });
  return { aws: spec('TypeScript (Bedrock)', []), local: spec('TypeScript (local Bedrock)', ['--local']) };
}

/**
 * Writes both kernelspecs into the project's own Jupyter data folder, so that two copies of the project never
 * fight over one name in the user's home.
 *
 * @returns the folder to put on `JUPYTER_PATH`, and the names of the two kernels
 */
export function writeKernelspecs(projectRoot: string, nodePath: string) {
  const jupyterPath = join(projectRoot, '.jupyter');
  const specs = kernelspecs(projectRoot, nodePath);
  for (const key of ['aws', 'local'] as const) {
    const file = join(jupyterPath, 'kernels', kernelNames[key], 'kernel.json');
    writeIfChanged(file, `${JSON.stringify(specs[key], null, 2)}\n`);
  }
  return { jupyterPath, ...kernelNames };
}

function writeIfChanged(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  writeWhole(file, content);
}
