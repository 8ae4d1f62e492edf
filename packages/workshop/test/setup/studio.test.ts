import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findHome, findRunningJupyter } from '../../src/setup/find-jupyter.ts';
import { isStudio } from '../../src/setup/studio.mjs';
import { nextSteps } from '../../src/setup/summary.ts';
import { type FakeMachine, fakeMachine, fakePython, run } from './fake-machine.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');
const program = (name: string) => join(projectRoot, 'packages/workshop/src', name);

/** What a terminal in a space has, but for a Jupyter on its PATH. */
function space(): FakeMachine {
  const machine = fakeMachine();
  Object.assign(machine.env, {
    SAGEMAKER_APP_TYPE: 'JupyterLab',
    AWS_DEFAULT_REGION: 'eu-central-1',
    JUPYTER_DATA_DIR: join(machine.root, 'data'),
  });
  return machine;
}

describe('SageMaker Studio', () => {
  it('is told by its variables, or by the file that AWS puts into a space', () => {
    const { root, write } = fakeMachine();
    write('space.json', '{"AppType":"JupyterLab","DomainId":"d-1"}');
    write('instance.json', '{"ResourceName":"an-older-notebook-instance"}');
    expect(isStudio({ SAGEMAKER_SPACE_NAME: 'x' }, '/none')).toBe(true);
    expect(isStudio({}, join(root, 'space.json'))).toBe(true);
    expect(isStudio({}, join(root, 'instance.json'))).toBe(false);
    expect(isStudio({}, '/none')).toBe(false);
  });

  it.each(['start.ts', 'setup.ts'])(
    'has both kernels after %s, no JupyterLab of ours, and the learner is told what to click',
    async (name) => {
      const machine = space();
      const { code, stdout } = await run(process.execPath, [program(name)], { env: machine.env });
      expect(code).toBe(0);
      expect(stdout).toContain("Reload JupyterLab's page");
      expect(stdout).toContain('TypeScript (local Bedrock)');
      for (const kernel of ['typescript-bedrock', 'typescript-bedrock-local']) {
        const file = join(machine.root, 'data/kernels', kernel, 'kernel.json');
        expect(existsSync(file)).toBe(true);
        expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
          argv: expect.arrayContaining([process.execPath]),
          metadata: { checkout: projectRoot },
        });
      }
    },
  );

  it('is summed up by the set-up: region, credentials, kernels and room', async () => {
    const machine = space();
    const { stdout } = await run(process.execPath, [program('setup.ts')], { env: machine.env });
    expect(stdout).toContain("Jupyter      this space's own, which is running");
    expect(stdout).toContain('Region       eu-central-1, from AWS_DEFAULT_REGION');
    expect(stdout).toMatch(/Credentials {2}none found/);
    expect(stdout).toMatch(/Disk {9}\S+ [MG]B taken in this folder, \S+ [MG]B free/);
  });
});

describe('a Jupyter that runs', () => {
  it('is found by the terminal that it opened, or by the file of a live process', () => {
    const { root, write } = fakeMachine();
    const env = { JUPYTER_RUNTIME_DIR: join(root, 'runtime') };
    expect(findRunningJupyter(env)).toBeUndefined();
    write('runtime/jpserver-4194304.json', '{"pid":4194304,"url":"http://localhost:1/"}');
    write('runtime/jpserver-0.json', '{"pid":');
    expect(findRunningJupyter(env)).toBeUndefined();
    writeFileSync(
      join(root, `runtime/jpserver-${process.pid}.json`),
      JSON.stringify({ pid: process.pid, url: 'http://localhost:8888/' }),
    );
    expect(findRunningJupyter(env)).toEqual({ url: 'http://localhost:8888/' });
    expect(findRunningJupyter({ JUPYTER_SERVER_URL: 'http://x/' })).toEqual({ url: 'http://x/' });
  });

  it('is used, and named beside the one that the commands of this folder use', async () => {
    const machine = fakeMachine();
    machine.script('jupyter', 'echo 4.6.6');
    const env = { ...machine.env, JUPYTER_SERVER_URL: 'http://localhost:8888/' };
    const { code, stdout, stderr } = await run(process.execPath, [program('setup.ts')], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Jupyter the one that is running, at http://localhost:8888/; npm start and npm test use JupyterLab 4.6.6',
    );
    expect(stdout).toContain("Reload JupyterLab's page");
    expect(stdout).toContain('npm run pull');
    expect(existsSync(join(machine.env.HOME ?? '', '.local/share/jupyter/kernels'))).toBe(true);
  });
});

describe('a folder beside a Jupyter that runs', () => {
  const running = { JUPYTER_SERVER_URL: 'http://localhost:8888/' };

  it('gets its own, so that its tests can run when the other one has ended', async () => {
    const machine = fakeMachine();
    fakePython(machine, 'python3', '3.12.1');
    const found = await findHome(machine.root, { ...machine.env, ...running });
    expect(found).toMatchObject({ home: 'running', jupyter: { source: 'venv' } });
    expect(existsSync(join(machine.root, '.venv/.set-up-stamp'))).toBe(true);
  });

  it('is set up also where there is no Python to make one with', async () => {
    const machine = fakeMachine();
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => said.mockRestore());
    const found = await findHome(machine.root, { ...machine.env, ...running });
    expect(found).toEqual({ home: 'running', running: { url: 'http://localhost:8888/' } });
    expect(said.mock.calls.join()).toContain('Next step: ');
    await expect(findHome(machine.root, machine.env)).rejects.toThrow('There is no Python on the PATH.');
  });
});

describe('what to do next', () => {
  it('names the notebook as the file browser of each home shows it', () => {
    const env = { HOME: '/home/sagemaker-user' };
    const root = '/home/sagemaker-user/workshop';
    expect(nextSteps('studio', root, env)).toContain('open workshop/notebooks/001.ipynb.');
    expect(nextSteps('studio', '/mnt/workshop', env)).toContain('open /mnt/workshop/notebooks/001.ipynb.');
    expect(nextSteps('stopped', root, env)).toContain('Ready: npm start.');
  });
});
