import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelCommand, kernelEnvironment } from 'typescript-kernel';
import { writeWhole } from './write-file.ts';

/** The names that notebooks and Jupyter know the two kernels by. They differ from tslab's own, `tslab`. */
export const kernelNames = { aws: 'typescript-bedrock', local: 'typescript-bedrock-local' } as const;

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
  const packages = join(projectRoot, 'packages');
  const launcher = join(packages, 'kernel', 'src', 'kernel.ts');
  const spec = (displayName: string, hooks: string): Kernelspec => ({
    argv: kernelCommand(nodePath, join(packages, 'workshop', 'src', 'kernel', hooks), launcher),
    display_name: displayName,
    language: 'typescript',
    interrupt_mode: 'signal',
    env: { ...kernelEnvironment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return {
    aws: spec('TypeScript (Bedrock)', 'aws.ts'),
    local: spec('TypeScript (local Bedrock)', 'local.ts'),
  };
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
