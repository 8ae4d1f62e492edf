import { join } from 'node:path';

/**
 * How the kernels' Node is started, so that many fit in little memory and none is slower for it. While the compiler
 * reads types, V8 would let the space for young objects grow from 1 MB to 64 MB, twice over, and keep it; and it would
 * collect what is old only when that has more than doubled.
 *
 * The last one: when the stop button has ended a timer's callback half-way (`stop-signal.ts`), Node must not take what
 * it finds then for a fault of its own and abort.
 */
const nodeFlags = [
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--heap-growing-percent=50',
  '--no-force-async-hooks-checks',
];

/**
 * Variables that a kernelspec sets. The C library of most Linux systems keeps freed memory for each thread; two such
 * stores are as quick as eight. And Node keeps what it has compiled: the kernel's own sources are among it only if Node
 * knows of the cache before it reads the first of them.
 *
 * @param projectRoot the folder that has the project's caches in its `.cache`
 */
export function kernelEnvironment(projectRoot: string): Readonly<Record<string, string>> {
  return { MALLOC_ARENA_MAX: '2', NODE_COMPILE_CACHE: compileCache(projectRoot) };
}

/** Where Node keeps what it has compiled for a project's kernels. */
export function compileCache(projectRoot: string): string {
  return join(projectRoot, '.cache', 'node');
}

/**
 * A kernelspec's `argv`, with absolute paths: Jupyter starts kernels with the server's PATH, where Node need not be.
 *
 * @param preload the module with the project's hooks (`KernelHooks`), if it has any
 * @param launcher the kernel's own program
 */
export function kernelCommand(
  nodePath: string,
  preload?: string,
  launcher = join(import.meta.dirname, 'kernel.ts'),
): readonly string[] {
  const hooks = preload === undefined ? [] : ['--preload', preload];
  return [nodePath, ...nodeFlags, launcher, ...hooks, '--config-path', '{connection_file}'];
}
