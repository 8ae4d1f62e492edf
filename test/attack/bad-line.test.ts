import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type FakeMachine,
  fakeMachine,
  run,
  smallProject,
} from '../../packages/workshop/test/setup/fake-machine.ts';
import { type BadProxy, type Line, startBadProxy } from './bad-proxy.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const good: Line = { resets: 0, resetAfter: 0, bytesPerSecond: Number.POSITIVE_INFINITY, isDown: false };
/** Some of the project's own, which come from the registries as they do for a learner. */
const npmPackages = ['handlebars', 'marked', 'minimist', 'neo-async', 'source-map', 'wordwrap', 'sql.js'];
const pipPackages = ['babel', 'idna', 'pygments'];

/** Why no proxy can be put before the registries; undefined where one can. */
function reasonToSkip(): string | undefined {
  const isProxied = Object.entries(process.env).some(
    ([name, value]) => /^https?_proxy$/i.test(name) && value,
  );
  if (isProxied) return 'The way out is a proxy already.';
  const registry = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout ?? '';
  return registry.startsWith('https://') ? undefined : 'The registry is not reached by https.';
}
const reason = reasonToSkip();
if (reason !== undefined) console.log(`No bad line is tried. ${reason}`);

async function badLine(line: Partial<Line>): Promise<BadProxy> {
  const proxy = await startBadProxy({ ...good, ...line });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** What programs have here, but for downloads that are kept and wheels that are there already. */
function environment(machine: FakeMachine, { url }: BadProxy): NodeJS.ProcessEnv {
  const { PIP_FIND_LINKS: _, npm_execpath: __, ...env } = process.env;
  return {
    ...env,
    HOME: machine.env.HOME,
    XDG_CACHE_HOME: undefined,
    PIP_CACHE_DIR: undefined,
    npm_config_cache: undefined,
    https_proxy: url,
    HTTPS_PROXY: url,
  };
}

/** A project of a few packages, with their entries of the lock file. */
function projectOf(packages: readonly string[]): FakeMachine {
  const machine = fakeMachine();
  smallProject(machine);
  const { packages: locked } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  const entries = packages.map((name) => [`node_modules/${name}`, locked[`node_modules/${name}`]] as const);
  const { optionalDependencies: _, ...handlebars } = locked['node_modules/handlebars'];
  const dependencies = Object.fromEntries(
    packages.map((name) => [name, locked[`node_modules/${name}`].version]),
  );
  const manifest = { name: 'small', version: '1.0.0', type: 'module', dependencies };
  machine.write('package.json', JSON.stringify(manifest));
  machine.write(
    'package-lock.json',
    JSON.stringify({
      name: 'small',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': manifest, ...Object.fromEntries(entries), 'node_modules/handlebars': handlebars },
    }),
  );
  return machine;
}

function setUp(machine: FakeMachine, proxy: BadProxy) {
  const program = join(machine.root, 'packages/workshop/src/bootstrap.cjs');
  return run(process.execPath, [program, 'setup'], { env: environment(machine, proxy) });
}

describe.skipIf(reason !== undefined)('npm over a bad line', { timeout: 300_000 }, () => {
  it('goes on by itself when connections are reset in the midst of a package', async () => {
    const proxy = await badLine({ resets: 6, resetAfter: 30_000 });
    const machine = projectOf(npmPackages);
    const { code, stderr } = await setUp(machine, proxy);
    expect(code, stderr).toBe(0);
    expect(proxy.seen.resets).toBe(6);
    for (const name of npmPackages)
      expect(existsSync(join(machine.root, 'node_modules', name, 'package.json')), name).toBe(true);
    expect(existsSync(join(machine.root, '.cache/npm'))).toBe(false);
  });

  it('comes to its end when the line is slow', async () => {
    const proxy = await badLine({ bytesPerSecond: 150_000 });
    const { code, stderr } = await setUp(projectOf(npmPackages.slice(0, -1)), proxy);
    expect(code, stderr).toBe(0);
    expect(proxy.seen.bytes).toBeGreaterThan(500_000);
  });

  it('says what to do when the line is down, and the same command goes on when it is up again', async () => {
    const proxy = await badLine({ isDown: true });
    const machine = projectOf(npmPackages);
    const { code, stderr } = await setUp(machine, proxy);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be reached');
    expect(stderr).toContain('run the same command again');
    proxy.line.isDown = false;
    expect(await setUp(machine, proxy)).toMatchObject({ code: 0 });
  });
});

describe.skipIf(reason !== undefined)('pip over a bad line', { timeout: 300_000 }, () => {
  /** What the set-up installs into `.venv`, by a list of a few of its packages. */
  async function install(machine: FakeMachine, proxy: BadProxy) {
    const program = join(machine.root, 'install.ts');
    machine.write(
      'install.ts',
      `import { createVirtualEnvironment } from './packages/workshop/src/setup/virtual-environment.mjs';
await createVirtualEnvironment(import.meta.dirname, process.env).catch((error) => {
  console.error(error.message);
  process.exit(1);
});`,
    );
    return run(process.execPath, [program], { env: environment(machine, proxy) });
  }
  function projectWithFewRequirements(): FakeMachine {
    const machine = fakeMachine();
    smallProject(machine);
    const all = readFileSync(join(projectRoot, 'packages/workshop/src/requirements.txt'), 'utf8');
    const some = pipPackages.map((name) => new RegExp(`^${name}==[^]*?(?=^\\S)`, 'm').exec(all)?.[0] ?? name);
    writeFileSync(join(machine.root, 'packages/workshop/src/requirements.txt'), some.join(''));
    return machine;
  }

  it('goes on by itself when connections are reset in the midst of a package', async () => {
    const proxy = await badLine({ resets: 2, resetAfter: 100_000 });
    const machine = projectWithFewRequirements();
    const { code, stderr } = await install(machine, proxy);
    expect(code, stderr).toBe(0);
    expect(proxy.seen.resets).toBe(2);
    expect(existsSync(join(machine.root, '.venv/.set-up-stamp'))).toBe(true);
    expect(existsSync(join(machine.root, '.cache/pip'))).toBe(false);
  });

  it('says what to do when the line is down, and the same command goes on when it is up again', async () => {
    const proxy = await badLine({ isDown: true });
    const machine = projectWithFewRequirements();
    const { code, stderr } = await install(machine, proxy);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be reached');
    expect(stderr).toContain('run the same command again');
    proxy.line.isDown = false;
    expect(await install(machine, proxy)).toMatchObject({ code: 0 });
  });
});
