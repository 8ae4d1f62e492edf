import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
const cache = join(projectRoot, '.cache', 'bench');

/** A kernel, and what it is asked to run: the same in its own language. */
export interface Contender {
  readonly name: string;
  readonly argv: (connectionFile: string) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Where it is started; the folder of this copy's notebooks where nothing is said. */
  readonly folder?: string;
  readonly first: string;
  readonly sdk: string;
  /** A cell of ordinary size; `n` keeps its names from those of others. */
  readonly small: (n: number) => string;
  /** Additions in a loop, as many as there are. */
  readonly loops: Readonly<Record<'top' | 'function', (additions: number) => string>> &
    Partial<Readonly<Record<'await' | 'captured', (additions: number) => string>>>;
}

const loop = (name: string, additions: number) => `for (let i = 0; i < ${additions}; i += 1) ${name} += i;`;

const inJavaScript: Pick<Contender, 'first' | 'sdk' | 'small' | 'loops'> = {
  first: 'const started = true;',
  sdk: "import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'; const sdkClient = new BedrockRuntimeClient({ region: 'us-east-1' });",
  small: (n) => `const sum${n} = [1, 2, 3].reduce((total, next) => total + next, ${n});`,
  loops: {
    top: (additions) => `let atTop = 0; ${loop('atTop', additions)}`,
    function: (additions) => `(() => { let inside = 0; ${loop('inside', additions)} return inside; })()`,
    await: (additions) => `await null; let awaited = 0; ${loop('awaited', additions)}`,
    captured: (additions) => `let held = 0; const read = () => held; ${loop('held', additions)} read()`,
  },
};

interface Kernelspecs {
  kernelspecs(root: string, node: string): { local: { argv: readonly string[]; env: NodeJS.ProcessEnv } };
}

/** @returns our kernel, as the copy of the project in this folder starts it; an old one has its kernelspecs elsewhere */
export async function ours(name = 'ours', root = projectRoot): Promise<Contender> {
  const file = ['packages/workshop/src', 'lib/jupyter']
    .map((folder) => join(root, folder, 'kernelspecs.ts'))
    .find((path) => existsSync(path));
  const { kernelspecs } = (await import(String(file))) as Kernelspecs;
  const { argv, env } = kernelspecs(root, join(root, 'node_modules', 'node', 'bin', 'node')).local;
  return {
    name,
    argv: (file) => argv.map((word) => word.replace('{connection_file}', file)),
    env: { ...env, AWS_REGION: 'us-east-1' },
    folder: join(root, 'notebooks'),
    ...inJavaScript,
  };
}

/** Python's kernel, in an environment of its own that is made when there is none. */
export function ipykernel(): Contender | undefined {
  const python = join(cache, 'python', 'bin', 'python');
  const isThere = installed(python, () => {
    execFileSync('python3', ['-m', 'venv', '--clear', join(cache, 'python')], { stdio: 'ignore' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'ipykernel', 'boto3'], { stdio: 'ignore' });
  });
  if (!isThere) return undefined;
  return {
    name: 'ipykernel',
    argv: (file) => [python, '-m', 'ipykernel_launcher', '-f', file],
    first: 'started = True',
    sdk: "import boto3; sdk_client = boto3.client('bedrock-runtime', region_name='us-east-1')",
    small: (n) => `sum${n} = sum([1, 2, 3], ${n})`,
    loops: {
      top: (additions) => `at_top = 0\nfor i in range(${additions}):\n    at_top += i`,
      function: (additions) =>
        `def add():\n    inside = 0\n    for i in range(${additions}):\n        inside += i\n    return inside\nadd()`,
    },
  };
}

/** Deno's kernel, which checks no types, in a folder of its own; absent where npm has none for the machine. */
export function deno(): Contender | undefined {
  const folder = join(cache, 'deno');
  const program = join(folder, 'node_modules', '.bin', 'deno');
  const isThere = installed(program, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--silent', 'deno'], { cwd: folder, stdio: 'ignore' });
    execFileSync(program, ['--version'], { stdio: 'ignore' });
  });
  if (!isThere) return undefined;
  return {
    name: 'Deno',
    argv: (file) => [program, 'jupyter', '--kernel', '--conn', file],
    env: { DENO_NO_UPDATE_CHECK: '1' },
    ...inJavaScript,
  };
}

function installed(program: string, install: () => void): boolean {
  if (existsSync(program)) return true;
  try {
    install();
    return true;
  } catch {
    return false;
  }
}
