import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installUserKernels, writeKernelspecs } from '../../src/kernelspecs.ts';
import { madeBySetUp } from '../../src/setup/disk.mjs';
import { type FakeMachine, fakeMachine, fakeNpm, run, smallProject } from './fake-machine.ts';

const uninstall = (machine: FakeMachine) =>
  run(process.execPath, [join(machine.root, 'packages/workshop/src/bootstrap.cjs'), 'setup', '--uninstall'], {
    env: machine.env,
  });

/** A small project after its set-up, with a learner's files in it. */
async function setUpProject(): Promise<FakeMachine> {
  const machine = fakeMachine();
  smallProject(machine);
  fakeNpm(machine, 'echo npm must not run; exit 1');
  for (const path of madeBySetUp) machine.write(join(path, 'some-file'), 'x'.repeat(100_000));
  machine.write('packages/kernel/src/kernel.ts', '');
  machine.write('notebooks/mine.ipynb', '{}');
  machine.write('chat.db', 'data');
  const home = machine.env.HOME ?? '';
  writeFileSync(join(home, '.typescript-bedrock-on-start.log'), 'log');
  await installUserKernels(
    machine.root,
    writeKernelspecs(machine.root, process.execPath).jupyterPath,
    machine.env,
  );
  return machine;
}

describe('npm run setup -- --uninstall', () => {
  it('removes all that the set-up made, says so, and touches nothing of the learner’s', async () => {
    const machine = await setUpProject();
    const { code, stdout, stderr } = await uninstall(machine);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const home = machine.env.HOME ?? '';
    for (const path of madeBySetUp) {
      expect(stdout).toContain(`~/project/${path}\n`);
      expect(existsSync(join(machine.root, path)), path).toBe(false);
    }
    expect(stdout).toContain('~/.local/share/jupyter/kernels/typescript-bedrock-local\n');
    expect(readdirSync(home).sort()).toEqual(['.local', 'bin', 'project']);
    expect(readdirSync(join(home, '.local/share'))).toEqual([]);
    expect(stdout).toContain('delete that folder');
    expect(readdirSync(machine.root).sort()).toEqual([
      'chat.db',
      'lib',
      'notebooks',
      'package-lock.json',
      'package.json',
      'packages',
      'test',
    ]);
    expect(readdirSync(join(machine.root, 'test/clients'))).toEqual([]);
  });

  it('says so when there is nothing to remove, and leaves no folder of its own', async () => {
    const machine = await setUpProject();
    await uninstall(machine);
    const { code, stdout } = await uninstall(machine);
    expect(code).toBe(0);
    expect(stdout).toContain('There was nothing to remove.');
    expect(existsSync(join(machine.root, '.cache'))).toBe(false);
  });

  it('leaves the kernels of another copy, and says whose they are', async () => {
    const machine = await setUpProject();
    const other = join(machine.env.HOME ?? '', 'other');
    mkdirSync(join(other, 'packages/kernel/src'), { recursive: true });
    writeFileSync(join(other, 'packages/kernel/src/kernel.ts'), '');
    await installUserKernels(other, writeKernelspecs(other, process.execPath).jupyterPath, machine.env);
    const kernels = join(machine.env.HOME ?? '', '.local/share/jupyter/kernels');
    const theirs = readdirSync(kernels).filter((name) => name.includes('-in-other-'));
    expect(theirs).toHaveLength(2);
    const { stdout } = await uninstall(machine);
    expect(stdout).toContain('The kernels of other copies of the project stay: ~/other.');
    expect(readdirSync(kernels)).toEqual(theirs);
  });
});
