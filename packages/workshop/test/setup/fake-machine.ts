import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');

/** What a process came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for a project, and a PATH on which there is nothing but what a test puts there. */
export interface FakeMachine {
  readonly root: string;
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  /** Puts a shell script on the PATH. It may use the shell's own commands and absolute paths only. */
  script(name: string, body: string): string;
  write(path: string, content: string): void;
}

/** Made for one test and removed after it; `project` is the name of its folder. */
export function fakeMachine(project = 'project'): FakeMachine {
  const folder = mkdtempSync(join(tmpdir(), 'fake machine '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, project);
  const bin = join(folder, 'bin');
  mkdirSync(root);
  mkdirSync(bin);
  return {
    root,
    bin,
    env: { PATH: bin, HOME: folder },
    script: (name, body) => {
      const file = join(bin, name);
      writeFileSync(file, `#!/bin/sh\n${body}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    write: (path, content) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
  };
}

/** A project as small as can be that the bootstrap sets up: one package, `node`, which the fake npm installs. */
export function smallProject(machine: FakeMachine): void {
  const source = join(projectRoot, 'packages', 'workshop', 'src');
  for (const name of ['bootstrap.cjs', 'bootstrap.mjs'])
    cpSync(join(source, name), join(machine.root, 'packages/workshop/src', name));
  cpSync(join(source, 'setup'), join(machine.root, 'packages/workshop/src/setup'), { recursive: true });
  machine.write('package.json', '{"name":"small","type":"module","workspaces":["lib"]}');
  machine.write('lib/package.json', '{"name":"lib"}');
  machine.write(
    'package-lock.json',
    '{"packages":{"":{},"lib":{},"node_modules/node":{"version":"24.0.0"},"node_modules/other":{"version":"1.0.0","optional":true}}}',
  );
  machine.write('packages/workshop/src/setup.ts', 'console.log(JSON.stringify(process.argv.slice(2)));');
}

/** What a fake npm runs for `npm ci`: installs a `node` that is this Node. */
export const installsNode = `/bin/mkdir -p node_modules/node/bin
echo '{}' > node_modules/node/package.json
/bin/ln -sf '${process.execPath}' node_modules/node/bin/node
echo ran >> npm-ran`;

/** A fake npm of version 11 whose `npm ci` does this. */
export function fakeNpm(machine: FakeMachine, ci: string): void {
  machine.script('npm', `if [ "$1" = --version ]; then echo 11.0.0; exit 0; fi\n${ci}`);
}

/** A Python that makes virtual environments with a copy of itself in them. */
export function fakePython(machine: FakeMachine, name: string, version: string, pip = 'exit 0'): void {
  machine.script(
    name,
    `if [ "$1" = -c ]; then echo ${version}; echo venv; exit 0; fi
if [ "$2" = venv ]; then /bin/rm -rf "$4"; /bin/mkdir -p "$4/bin"; /bin/cp "$0" "$4/bin/python"; exit 0; fi
echo "$@" >> '${machine.root}/pip-ran'
${pip}`,
  );
}

/** Runs a program of the project's to its end; `during` is called with its process id once it runs. */
export function run(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; during?: (pid: number) => Promise<void> },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    if (child.pid !== undefined) options.during?.(child.pid).catch(reject);
  });
}

/** Waits for a file that says something, which a fake program writes when it is under way; at most a minute. */
export async function untilThere(file: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (existsSync(file) && statSync(file).size > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${file} was not written.`);
}
