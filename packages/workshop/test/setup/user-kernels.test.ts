import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  describeUserKernels,
  installUserKernels,
  kernelNames,
  modelKernelName,
  writeKernelspecs,
} from '../../src/kernelspecs.ts';
import { rememberModel } from '../../src/model/choice.ts';
import {
  ownerOfUserKernels,
  removeUserKernels,
  userDataFolder,
  userKernelFile,
  userKernelNames,
} from '../../src/setup/user-kernels.mjs';
import { fakeMachine, run } from './fake-machine.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');

/** A user with two copies of the project. */
function twoCopies() {
  const { root, env } = fakeMachine();
  const [one, other] = [join(root, 'one'), join(root, 'other')];
  for (const copy of [one, other]) {
    mkdirSync(join(copy, 'packages/kernel/src'), { recursive: true });
    writeFileSync(join(copy, 'packages/kernel/src/kernel.ts'), '');
    rememberModel({}, copy);
  }
  const install = (copy: string, take = false) =>
    installUserKernels(copy, writeKernelspecs(copy, process.execPath).jupyterPath, env, take);
  const spec = (name: string) => JSON.parse(readFileSync(userKernelFile(env, name), 'utf8'));
  return { root, env, one, other, install, spec };
}

describe('the kernels of a user', () => {
  it('are named as those of the project', () => {
    expect(userKernelNames).toEqual([kernelNames.aws, kernelNames.local, modelKernelName]);
  });

  it('are where Jupyter looks for them', () => {
    expect(userDataFolder({ JUPYTER_DATA_DIR: '/data', HOME: '/home/x' })).toBe('/data');
    if (process.platform !== 'linux') return;
    expect(userDataFolder({ HOME: '/home/x' })).toBe('/home/x/.local/share/jupyter');
    expect(userDataFolder({ HOME: '/home/x', XDG_DATA_HOME: '/xdg' })).toBe('/xdg/jupyter');
  });

  it('are those of the project, and say to which copy of it they belong', () => {
    const { one, install, spec, env } = twoCopies();
    expect(install(one)).toMatchObject({ before: { state: 'none' }, installed: true });
    for (const name of userKernelNames) {
      const own = JSON.parse(readFileSync(join(one, '.jupyter/kernels', name, 'kernel.json'), 'utf8'));
      expect(spec(name)).toEqual({ ...own, metadata: { checkout: one } });
      expect(existsSync(join(dirname(userKernelFile(env, name)), 'logo-svg.svg'))).toBe(true);
    }
    expect(install(one)).toMatchObject({ before: { state: 'own' }, installed: true });
    expect(ownerOfUserKernels(one, env)).toEqual({ state: 'own' });
  });

  it('are not taken from another copy unasked', () => {
    const { one, other, install, spec } = twoCopies();
    install(one);
    const kept = install(other);
    expect(kept).toMatchObject({ installed: false, before: { state: 'another', checkout: one } });
    expect(describeUserKernels(kept)).toContain(
      `they belong to ${one}, and were left so (npm run setup -- --take`,
    );
    expect(spec(kernelNames.aws).metadata.checkout).toBe(one);
    const taken = install(other, true);
    expect(describeUserKernels(taken)).toContain(`they belonged to ${one} and lead to this folder now`);
    expect(spec(kernelNames.aws).metadata.checkout).toBe(other);
  });

  it('are repaired when their copy was moved', () => {
    const { root, one, install, spec } = twoCopies();
    install(one);
    const moved = join(root, 'moved');
    renameSync(one, moved);
    const repaired = install(moved);
    expect(describeUserKernels(repaired)).toContain(`they belonged to ${one}, which is no longer there`);
    expect(spec(kernelNames.local).argv).toContain(join(moved, 'packages/kernel/src/kernel.ts'));
  });

  it('are recognised by their launcher when they were written without a word of the copy', () => {
    const { one, other, install, spec, env } = twoCopies();
    install(one);
    for (const name of userKernelNames) {
      const { metadata: _, ...old } = spec(name);
      writeFileSync(userKernelFile(env, name), JSON.stringify(old));
    }
    expect(ownerOfUserKernels(other, env)).toEqual({ state: 'another', checkout: one });
  });

  it('of a version before, whose launcher stood elsewhere, are recognised and replaced', () => {
    const { one, install, spec, env } = twoCopies();
    install(one);
    for (const name of userKernelNames) {
      const { metadata: _, ...old } = spec(name);
      const argv = [
        process.execPath,
        join(one, 'lib/jupyter/kernel.ts'),
        '--config-path',
        '{connection_file}',
      ];
      writeFileSync(userKernelFile(env, name), JSON.stringify({ ...old, argv }));
    }
    expect(ownerOfUserKernels(one, env)).toEqual({ state: 'own' });
    install(one);
    expect(spec(kernelNames.aws).argv).toContain(join(one, 'packages/kernel/src/kernel.ts'));
  });

  it('belong to one copy, by whatever path it is reached', () => {
    const { root, one, install, env } = twoCopies();
    install(one);
    symlinkSync(one, join(root, 'link'));
    expect(ownerOfUserKernels(join(root, 'link'), env)).toEqual({ state: 'own' });
  });

  it('that cannot be read are replaced', () => {
    const { one, install, env, spec } = twoCopies();
    mkdirSync(dirname(userKernelFile(env, kernelNames.aws)), { recursive: true });
    writeFileSync(userKernelFile(env, kernelNames.aws), '{"argv":');
    expect(describeUserKernels(install(one))).toContain('a program that this one does not know');
    expect(spec(kernelNames.aws).metadata.checkout).toBe(one);
  });

  it('are removed by their own copy, and by another when theirs has gone', () => {
    const { root, one, other, install, env } = twoCopies();
    install(one);
    expect(removeUserKernels(other, env)).toEqual([]);
    expect(existsSync(userKernelFile(env, kernelNames.aws))).toBe(true);
    expect(removeUserKernels(one, env)).toHaveLength(3);
    expect(existsSync(userDataFolder(env))).toBe(false);
    install(one);
    renameSync(one, join(root, 'elsewhere'));
    expect(removeUserKernels(other, env)).toHaveLength(3);
  });

  it('leave other kernels and files beside them alone', () => {
    const { one, install, env } = twoCopies();
    install(one);
    const python = join(userDataFolder(env), 'kernels/python3');
    mkdirSync(python);
    removeUserKernels(one, env);
    expect(existsSync(python)).toBe(true);
  });
});

describe('a kernel of a user that an older version wrote', { timeout: 60_000 }, () => {
  it.each([
    ['npm start', 'start.ts', ['no-such.ipynb']],
    ['npm run setup', 'setup.ts', []],
  ])('is replaced by %s', async (_, program, args) => {
    const machine = fakeMachine();
    machine.script('jupyter', 'echo 4.6.6');
    const argv = [
      process.execPath,
      join(projectRoot, 'lib/jupyter/kernel.ts'),
      '--config-path',
      '{connection_file}',
    ];
    for (const name of userKernelNames) {
      const file = userKernelFile(machine.env, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ argv, display_name: 'TypeScript', language: 'typescript' }));
    }
    await run(process.execPath, [join(projectRoot, 'packages/workshop/src', program), ...args], {
      env: machine.env,
    });
    for (const name of Object.values(kernelNames)) {
      const written = JSON.parse(readFileSync(userKernelFile(machine.env, name), 'utf8'));
      expect(written.argv).toContain(join(projectRoot, 'packages/kernel/src/kernel.ts'));
      expect(written.metadata).toEqual({ checkout: projectRoot });
    }
  });
});
