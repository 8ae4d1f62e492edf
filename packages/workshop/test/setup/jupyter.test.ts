import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainMissingPython } from '../../src/setup/virtual-environment.mjs';
import { type FakeMachine, fakeMachine, fakePython, run, untilThere } from './fake-machine.ts';

const program = join(import.meta.dirname, 'find-jupyter.ts');
const requirements = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'requirements.txt'), 'utf8');
const pinned = /^jupyterlab==(\S+)/m.exec(requirements)?.[1];

function find(machine: FakeMachine, env: NodeJS.ProcessEnv = {}, during?: (pid: number) => Promise<void>) {
  const options = { env: { ...machine.env, ...env }, ...(during ? { during } : {}) };
  return run(process.execPath, [program, machine.root], options);
}

const shim = 'echo "pyenv: jupyter: command not found" >&2; exit 127';
const lab = (version: string) => `[ "$1 $2" = "lab --version" ] && echo ${version}`;
const stamp = (machine: FakeMachine) => join(machine.root, '.venv/.set-up-stamp');

describe('a Jupyter that is there already', () => {
  it('is used from the PATH', async () => {
    const machine = fakeMachine();
    const path = machine.script('jupyter', lab('4.2.1'));
    const { stdout } = await find(machine);
    expect(JSON.parse(stdout)).toEqual({ command: [path], version: '4.2.1', source: 'path' });
  });

  it('is used from the active conda environment', async () => {
    const machine = fakeMachine();
    const path = machine.script('jupyter', lab('4.5.0'));
    const { stdout } = await find(machine, { CONDA_PREFIX: join(machine.bin, '..') });
    expect(JSON.parse(stdout)).toEqual({ command: [path], version: '4.5.0', source: 'conda' });
  });

  it.each([
    ['a pyenv shim that refuses to run', shim],
    ['a Jupyter without JupyterLab', 'echo "Jupyter command jupyter-lab not found." >&2; exit 1'],
    ['JupyterLab 3', lab('3.6.8')],
  ])('is passed over: %s', async (_, body) => {
    const machine = fakeMachine();
    machine.script('jupyter', body);
    fakePython(machine, 'python3', '3.12.1');
    const { stdout } = await find(machine);
    expect(JSON.parse(stdout)).toMatchObject({ version: pinned, source: 'venv' });
  });
});

describe("the project's own", () => {
  it('leaves none of its downloads in the home folder, but where pip keeps others', async () => {
    const machine = fakeMachine();
    fakePython(machine, 'python3', '3.12.1', `echo "\${PIP_CACHE_DIR-kept}" >> '${machine.root}/cache'`);
    await find(machine);
    mkdirSync(join(machine.env.HOME ?? '', '.cache/pip'), { recursive: true });
    rmSync(join(machine.root, '.venv'), { recursive: true });
    await find(machine, { XDG_CACHE_HOME: join(machine.env.HOME ?? '', '.cache') });
    // What an install that failed has left there is used, and goes.
    const own = join(machine.root, '.cache/pip');
    mkdirSync(own);
    rmSync(join(machine.root, '.venv'), { recursive: true });
    await find(machine);
    expect(readFileSync(join(machine.root, 'cache'), 'utf8')).toBe(`${own}\nkept\n${own}\n`);
    expect(existsSync(own)).toBe(false);
  });

  it('is set up once', async () => {
    const machine = fakeMachine();
    fakePython(machine, 'python3', '3.12.1');
    const expected = { command: [join(machine.root, '.venv/bin/jupyter')], version: pinned, source: 'venv' };
    expect(JSON.parse((await find(machine)).stdout)).toEqual(expected);
    expect(JSON.parse((await find(machine)).stdout)).toEqual(expected);
    expect(readFileSync(join(machine.root, 'pip-ran'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('is made with the first Python that can', async () => {
    const machine = fakeMachine();
    machine.script('python3', 'echo 3.12.1; echo "No module named ensurepip" >&2; exit 1');
    machine.script('python', 'echo 3.8.2; echo venv');
    machine.script('python3.14', shim);
    fakePython(machine, 'python3.11', '3.11.2');
    expect((await find(machine)).code).toBe(0);
    expect(existsSync(stamp(machine))).toBe(true);
  });

  it('says what was found when no Python can, and what to do', async () => {
    const machine = fakeMachine();
    machine.script('python3', 'echo 3.12.1; echo "No module named ensurepip" >&2; exit 1');
    machine.script('python3.13', shim);
    const { code, stderr } = await find(machine);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `${machine.bin}/python3 is Python 3.12.1, without its modules venv and ensurepip`,
    );
    expect(stderr).toContain(`${machine.bin}/python3.13 does not run`);
    expect(stderr).toContain('Next step: ');
    expect(stderr).toContain('conda env create -f environment.yml');
  });

  it('names the step for the system', () => {
    const rejected = [{ path: '/usr/bin/python3', version: '3.12.3', reason: 'without venv' }] as const;
    expect(explainMissingPython(rejected, 'linux')).toContain('sudo apt install python3-venv;');
    expect(explainMissingPython([], 'darwin')).toContain('brew install python;');
    expect(explainMissingPython([], 'linux')).toContain('There is no Python on the PATH.');
  });

  it.each([
    ['ERROR: Could not install: [Errno 28] No space left on device', 'the disk is full'],
    ['Failed to establish a new connection: Name or service not known', 'cannot be reached'],
    ['SSLError: CERTIFICATE_VERIFY_FAILED', 'PIP_CERT'],
  ])('explains pip: %s', async (output, expected) => {
    const machine = fakeMachine();
    fakePython(machine, 'python3', '3.12.1', `echo '${output}' >&2; exit 1`);
    const { code, stderr } = await find(machine);
    expect(code).toBe(1);
    expect(stderr).toContain('pip could not install JupyterLab');
    expect(stderr).toContain(expected);
    expect(existsSync(stamp(machine))).toBe(false);
  });

  it('leaves no stamp when it is interrupted, and starts over', async () => {
    const machine = fakeMachine();
    fakePython(machine, 'python3', '3.12.1', '/bin/sleep 30');
    const outcome = await find(machine, {}, async (pid) => {
      await untilThere(join(machine.root, 'pip-ran'));
      process.kill(pid, 'SIGINT');
    });
    expect(outcome).toMatchObject({ code: 130, stdout: '' });
    expect(outcome.stderr).toContain('Interrupted. The same command starts this step over.');
    expect(existsSync(stamp(machine))).toBe(false);
    fakePython(machine, 'python3', '3.12.1');
    expect((await find(machine)).code).toBe(0);
    expect(existsSync(stamp(machine))).toBe(true);
  });
});
