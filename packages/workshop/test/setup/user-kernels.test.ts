import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userKernelFinding } from '../../src/doctor/check-machine.ts';
import {
  describeUserKernels,
  installUserKernels,
  kernelNames,
  modelKernelName,
  refreshUserKernels,
  writeKernelspecs,
} from '../../src/kernelspecs.ts';
import { rememberModel } from '../../src/model/choice.ts';
import {
  removeUserKernels,
  suffixOf,
  userDataFolder,
  userKernelFile,
  userKernelNames,
  userKernels,
  withUserKernelsLock,
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
  const refresh = (copy: string) => refreshUserKernels(copy, join(copy, '.jupyter'), env);
  const spec = (name: string) => JSON.parse(readFileSync(userKernelFile(env, name), 'utf8'));
  const text = (name: string) => readFileSync(userKernelFile(env, name), 'utf8');
  /** What Jupyter's menu shows, and where each leads. */
  const menu = (): Record<string, string> => {
    const kernels = userKernels(one, env);
    const shown = kernels.map(({ displayName }) => displayName);
    expect(shown, 'no two look the same').toEqual([...new Set(shown)]);
    return Object.fromEntries(
      kernels.map(({ name, displayName }) => [displayName, spec(name).metadata.checkout]),
    );
  };
  const states = (copy: string) => [...new Set(userKernels(copy, env).map(({ state }) => state))];
  return { root, env, one, other, install, refresh, spec, text, menu, states };
}

const menuOf = (copy: string, label: string) => ({
  [`TypeScript (Bedrock)${label}`]: copy,
  [`TypeScript (local Bedrock)${label}`]: copy,
  [`TypeScript (local model)${label}`]: copy,
});

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

  it('are those of the project, and say to which copy of it they belong', async () => {
    const { one, install, spec, env, states } = twoCopies();
    const first = await install(one);
    expect(first).toMatchObject({ gone: undefined, holder: undefined, others: [] });
    expect(describeUserKernels(first)).toBe(`in ${join(userDataFolder(env), 'kernels')}`);
    for (const name of userKernelNames) {
      const own = JSON.parse(readFileSync(join(one, '.jupyter/kernels', name, 'kernel.json'), 'utf8'));
      expect(spec(name)).toEqual({ ...own, metadata: { checkout: one } });
      expect(existsSync(join(dirname(userKernelFile(env, name)), 'logo-svg.svg'))).toBe(true);
    }
    await install(one);
    expect(states(one)).toEqual(['own']);
    expect(readdirSync(join(userDataFolder(env), 'kernels')).sort()).toEqual([...userKernelNames].sort());
  });

  it('are repaired when their copy was moved', async () => {
    const { root, one, install, spec } = twoCopies();
    await install(one);
    const moved = join(root, 'moved');
    renameSync(one, moved);
    const repaired = await install(moved);
    expect(describeUserKernels(repaired)).toContain(
      `some belonged to ${one}, which is no longer there, and lead to this folder now`,
    );
    expect(spec(kernelNames.local).argv).toContain(join(moved, 'packages/kernel/src/kernel.ts'));
  });

  it('are recognised by their launcher when they were written without a word of the copy', async () => {
    const { one, other, install, spec, env, states } = twoCopies();
    await install(one);
    for (const name of userKernelNames) {
      const { metadata: _, ...old } = spec(name);
      writeFileSync(userKernelFile(env, name), JSON.stringify(old));
    }
    expect(states(other)).toEqual(['another']);
    expect(await install(other)).toMatchObject({ holder: one });
  });

  it('of a version before, whose launcher stood elsewhere, are recognised and replaced', async () => {
    const { one, install, spec, env, states } = twoCopies();
    await install(one);
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
    expect(states(one)).toEqual(['own']);
    await install(one);
    expect(spec(kernelNames.aws).argv).toContain(join(one, 'packages/kernel/src/kernel.ts'));
  });

  it('belong to one copy, by whatever path it is reached', async () => {
    const { root, one, install, states } = twoCopies();
    await install(one);
    symlinkSync(one, join(root, 'link'));
    expect(states(join(root, 'link'))).toEqual(['own']);
    expect(suffixOf(join(root, 'link'))).toBe(suffixOf(one));
  });

  it('that cannot be read are replaced', async () => {
    const { one, install, env, spec } = twoCopies();
    mkdirSync(dirname(userKernelFile(env, kernelNames.aws)), { recursive: true });
    writeFileSync(userKernelFile(env, kernelNames.aws), '{"argv":');
    expect(describeUserKernels(await install(one))).toContain('a program that this one does not know');
    expect(spec(kernelNames.aws).metadata.checkout).toBe(one);
  });

  it('are removed by their own copy, and by another when theirs has gone', async () => {
    const { root, one, other, install, env } = twoCopies();
    await install(one);
    expect(await removeUserKernels(other, env)).toEqual([]);
    expect(existsSync(userKernelFile(env, kernelNames.aws))).toBe(true);
    expect(await removeUserKernels(one, env)).toHaveLength(3);
    expect(existsSync(userDataFolder(env))).toBe(false);
    await install(one);
    renameSync(one, join(root, 'elsewhere'));
    expect(await removeUserKernels(other, env)).toHaveLength(3);
  });

  it('are not removed while another command changes them', async () => {
    const { one, install, env } = twoCopies();
    await install(one);
    const kernels = () => userKernels(one, env).length;
    let removal: Promise<string[]> | undefined;
    await withUserKernelsLock(env, async () => {
      removal = removeUserKernels(one, env);
      expect(kernels()).toBe(3);
    });
    expect(await removal).toHaveLength(3);
    expect(kernels()).toBe(0);
  });

  it('leave other kernels and files beside them alone', async () => {
    const { one, install, env } = twoCopies();
    await install(one);
    const kernels = ['python3', 'typescript-bedrock-mine'].map((name) =>
      join(userDataFolder(env), 'kernels', name),
    );
    for (const kernel of kernels) mkdirSync(kernel);
    await install(one);
    await removeUserKernels(one, env);
    expect(kernels.map((kernel) => existsSync(kernel))).toEqual([true, true]);
  });
});

describe('two copies of the project', () => {
  it('have their kernels side by side: the second writes none of the first’s, and the menu tells them apart', async () => {
    const { one, other, install, text, menu } = twoCopies();
    await install(one);
    const before = userKernelNames.map(text);
    const second = await install(other);
    expect(userKernelNames.map(text)).toEqual(before);
    expect(menu()).toEqual({ ...menuOf(one, ''), ...menuOf(other, ', in other') });
    expect(second.displayNames).toEqual(Object.keys(menuOf(other, ', in other')));
    expect(describeUserKernels(second)).toContain(
      `beside those of ${one}; notebooks open on those of ${one}`,
    );
    // From its own next set-up on, the first says which it is as well.
    expect(describeUserKernels(await install(one))).toMatch(/other; notebooks open on these$/);
    expect(menu()).toEqual({ ...menuOf(one, ', in one'), ...menuOf(other, ', in other') });
  });

  it('exchange names on --take, and neither loses a kernel', async () => {
    const { one, other, install, spec, menu, env } = twoCopies();
    const both = {
      ...menuOf(one, ', in one'),
      ...menuOf(other, ', in other'),
      ...menuOf(other, ', in other (older name)'),
    };
    await install(one);
    await install(other);
    expect((await install(other, true)).displayNames).toEqual(Object.keys(menuOf(other, ', in other')));
    expect(menu()).toEqual(both);
    expect(spec(kernelNames.aws).metadata.checkout).toBe(other);
    await install(one);
    expect(userKernels(one, env).filter(({ state }) => state === 'own')).toHaveLength(3);
    expect(spec(kernelNames.aws).metadata.checkout).toBe(other);
    expect(menu()).toEqual(both);
  });

  it('each keep the names of their own, which saved notebooks ask for, through --take and when the other has gone', async () => {
    const { root, one, other, install, spec, menu } = twoCopies();
    await install(one);
    await install(other);
    const own = userKernelNames.map((base) => base + suffixOf(other));
    const lead = () => own.map((name) => spec(name).metadata.checkout);
    await install(other, true);
    expect(lead()).toEqual([other, other, other]);
    expect(Object.keys(menu())).toHaveLength(9);
    await install(one, true);
    expect(lead()).toEqual([other, other, other]);
    renameSync(one, join(root, 'elsewhere'));
    const { displayNames } = await install(other);
    expect(lead()).toEqual([other, other, other]);
    expect(displayNames).toEqual(Object.keys(menuOf(other, '')));
    expect(spec(kernelNames.aws).metadata.checkout).toBe(other);
  });

  it.each([
    ['whose folders have one name', 'deep/one'],
    ['of which one is in a folder with no letter of a kernel’s name', '日本'],
    ['of which one is in a folder named as a kernel ends', 'local'],
  ])('%s have different names', async (_, name) => {
    const { root, one, install, env, menu } = twoCopies();
    const twin = join(root, name);
    mkdirSync(join(twin, 'packages/kernel/src'), { recursive: true });
    writeFileSync(join(twin, 'packages/kernel/src/kernel.ts'), '');
    await install(one);
    await install(twin);
    const label = name === 'deep/one' ? twin : name;
    expect(menu()).toEqual({
      ...menuOf(one, ''),
      [`TypeScript (Bedrock), in ${label}`]: twin,
      [`TypeScript (local Bedrock), in ${label}`]: twin,
    });
    // What Jupyter takes for the name of a kernel.
    for (const { name: kernel } of userKernels(one, env)) expect(kernel).toMatch(/^[a-z0-9._-]+$/i);
  });

  it('are uninstalled apart: what is left is whole, and has the plain names after its next set-up', async () => {
    const { one, other, install, env, menu, spec } = twoCopies();
    await install(one);
    await install(other);
    expect(await removeUserKernels(one, env)).toHaveLength(3);
    expect(menu()).toEqual(menuOf(other, ', in other'));
    expect(await install(other)).toMatchObject({ holder: undefined, others: [] });
    expect(menu()).toEqual({ ...menuOf(other, ''), ...menuOf(other, ' (older name)') });
    expect(spec(kernelNames.local).metadata.checkout).toBe(other);
  });

  it('that are set up at once have kernels each', async () => {
    const { one, other, install, menu } = twoCopies();
    await Promise.all([install(one), install(other)]);
    const owners = Object.values(menu());
    expect(owners.filter((owner) => owner === one)).toHaveLength(3);
    expect(owners.filter((owner) => owner === other)).toHaveLength(3);
  });

  it('stay by a mere start while the other is not there: its disk may be away', async () => {
    const { root, env, one, other, install, refresh, spec, text } = twoCopies();
    await install(one);
    await install(other);
    const [own = ''] = userKernelNames.map((base) => base + suffixOf(other));
    const others = userKernelNames.map(text);
    renameSync(one, join(root, 'away'));
    writeFileSync(userKernelFile(env, own), text(own).replace('typescript"', 'old"'));
    await refresh(other);
    expect(spec(own)).toMatchObject({ language: 'typescript', metadata: { checkout: other } });
    expect(userKernelNames.map(text)).toEqual(others);
    expect(userKernels(other, env)).toHaveLength(6);
  });

  it('are told apart by the doctor', async () => {
    const { root, one, other, install, env } = twoCopies();
    expect(userKernelFinding(one, env)).toMatchObject({
      state: 'ok',
      text: expect.stringMatching(/^offer none/),
    });
    await install(one);
    await install(other);
    const { state, text } = userKernelFinding(other, env);
    expect(state).toBe('ok');
    expect(text).toContain(`TypeScript (local model): of ${one}`);
    expect(text).toContain('TypeScript (local model), in other: of this folder');
    renameSync(one, join(root, 'elsewhere'));
    expect(userKernelFinding(other, env)).toMatchObject({
      state: 'warning',
      text: expect.stringContaining(`of ${one}, which is not there`),
      fix: expect.stringContaining('npm run setup'),
    });
  });
});

it('the kernels of a user that are up to date are let be by a mere start, whoever has their lock', async () => {
  const { one, install, refresh, env } = twoCopies();
  await install(one);
  await withUserKernelsLock(env, () => refresh(one));
});

describe('a kernel of a user that an older version wrote', () => {
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

  it('and cannot be replaced does not keep npm start from going on, which says so', async () => {
    const machine = fakeMachine();
    machine.script('jupyter', 'echo 4.6.6');
    const file = userKernelFile(machine.env, kernelNames.aws);
    mkdirSync(join(dirname(file), 'logo-svg.svg'), { recursive: true });
    writeFileSync(file, JSON.stringify({ argv: [], metadata: { checkout: projectRoot } }));
    const start = join(projectRoot, 'packages/workshop/src/start.ts');
    const { stderr } = await run(process.execPath, [start, 'no-such.ipynb'], { env: machine.env });
    expect(stderr).toMatch(
      /^The kernels of your other Jupyters stay as they are\. .+ Next step: npm run setup\n[\s\S]*no-such\.ipynb/,
    );
  });
});
