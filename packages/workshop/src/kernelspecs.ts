import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kernelCommand, kernelEnvironment } from 'typescript-kernel';
import { chosenModel } from './model/choice.ts';
import { shortPath } from './setup/cli.mjs';
import { readText, writeWhole } from './setup/disk.mjs';
import {
  labelOf,
  otherCheckouts,
  suffixOf,
  type UserKernel,
  userDataFolder,
  userKernelBase,
  userKernelFile,
  userKernelNames,
  userKernels,
  withUserKernelsLock,
} from './setup/user-kernels.mjs';

/** The names that notebooks and Jupyter know the two kernels by. They differ from tslab's own, `tslab`. */
export const kernelNames = { aws: 'typescript-bedrock', local: 'typescript-bedrock-local' } as const;

/** The name of the third, which is there when a model has been chosen. */
export const modelKernelName = 'typescript-bedrock-model';

/** Jupyter shows the picture of this name. The two differ in what a person must know before choosing: one costs money. */
const logoName = 'logo-svg.svg';

export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: 'typescript';
  readonly interrupt_mode: 'signal';
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The kernelspecs, with absolute paths: Jupyter starts kernels with the server's PATH, where neither the
 * project's Node nor tslab need be.
 */
export function kernelspecs(
  projectRoot: string,
  nodePath: string,
): Readonly<Record<'aws' | 'local' | 'model', Kernelspec>> {
  const packages = join(projectRoot, 'packages');
  const launcher = join(packages, 'kernel', 'src', 'kernel.ts');
  const spec = (displayName: string, hooks: string): Kernelspec => ({
    argv: kernelCommand(nodePath, join(packages, 'workshop', 'src', 'kernel', hooks), launcher),
    display_name: displayName,
    language: 'typescript',
    interrupt_mode: 'signal',
    env: { ...kernelEnvironment(projectRoot), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return {
    aws: spec('TypeScript (Bedrock)', 'aws.ts'),
    local: spec('TypeScript (local Bedrock)', 'local.ts'),
    model: spec('TypeScript (local model)', 'model.ts'),
  };
}

/**
 * Writes the kernelspecs into the project's own Jupyter data folder, so that two copies of the project never
 * fight over one name in the user's home. That for a model is written when one has been chosen.
 *
 * @returns the folder to put on `JUPYTER_PATH`, and the names of the kernels
 */
export function writeKernelspecs(projectRoot: string, nodePath: string, env = process.env) {
  const jupyterPath = join(projectRoot, '.jupyter');
  const specs = kernelspecs(projectRoot, nodePath);
  const hasModel = chosenModel(env, projectRoot) !== undefined;
  const names = { ...kernelNames, ...(hasModel && { model: modelKernelName }) };
  for (const [key, name] of Object.entries(names) as ['aws' | 'local' | 'model', string][]) {
    const folder = join(jupyterPath, 'kernels', name);
    writeWhole(join(folder, 'kernel.json'), `${JSON.stringify(specs[key], null, 2)}\n`);
    const logo = join(import.meta.dirname, 'kernel', `logo-${key}.svg`);
    writeWhole(join(folder, logoName), readFileSync(logo, 'utf8'));
  }
  return { jupyterPath, ...names };
}

/** What became of the kernels that every Jupyter of this user is offered. */
export interface UserKernels {
  /** The folder they are in. */
  readonly folder: string;
  /** How Jupyter's menu shows this copy's own: for Amazon Bedrock, for the local endpoint, and with a model if there is one. */
  readonly displayNames: readonly string[];
  /** The copy that no longer exists to which the names belonged before, if there was one; empty: to nobody knows whom. */
  readonly gone: string | undefined;
  /** The copy which has the names that notebooks ask for; undefined when it is this one. */
  readonly holder: string | undefined;
  /** The other copies that have kernels beside these. */
  readonly others: readonly string[];
}

/**
 * Copies the kernels to where every Jupyter of this user finds them, so that a JupyterLab that runs already offers
 * them after its page is refreshed. Each says in its metadata which copy of the project it belongs to. Several copies
 * live side by side: the first has the names that notebooks ask for, each other one has names of its own, and the
 * display names say which is which. Names that a copy has had of its own it keeps, whichever it has beside them, and
 * shows them as older ones.
 *
 * @param jupyterPath where `writeKernelspecs` wrote them
 * @param take exchange the names with the copy that notebooks lead to so far
 */
export async function installUserKernels(
  projectRoot: string,
  jupyterPath: string,
  env: NodeJS.ProcessEnv,
  take = false,
): Promise<UserKernels> {
  const folder = join(userDataFolder(env), 'kernels');
  // Two copies that are set up at once would each find the names free.
  return withUserKernelsLock(env, async () => {
    const before = userKernels(projectRoot, env);
    const others = otherCheckouts(before);
    const plain = before.filter(({ name }) => userKernelNames.includes(name));
    const [had] = otherCheckouts(plain);
    if (take && had !== undefined) rename(plain, had, [projectRoot, ...others], env);
    const holder = take ? undefined : had;
    const suffix = holder === undefined ? '' : suffixOf(projectRoot);
    // Notebooks that were saved with a name which only this copy has go on to find it.
    const own = before.filter(({ state }) => state === 'own').map(({ name }) => name);
    const names = new Set([...userKernelNames.map((base) => base + suffix), ...own]);
    const written = [...names].flatMap(
      (name) => ownKernel(projectRoot, jupyterPath, env, name, [...names], others) ?? [],
    );
    for (const kernel of written) write(kernel);
    const kept = new Set(written.map(({ file }) => dirname(file)));
    for (const each of userKernels(projectRoot, env)) {
      if (each.state !== 'another' && !kept.has(each.folder))
        rmSync(each.folder, { recursive: true, force: true });
    }
    const gone = before.find(({ state }) => state === 'gone')?.checkout;
    const displayNames = written.filter(({ isOlder }) => !isOlder).map(({ displayName }) => displayName);
    return { folder, displayNames, gone, holder, others };
  });
}

/** A kernel of this copy, as it is to be written. */
interface OwnKernel {
  readonly file: string;
  readonly text: string;
  readonly logo: string;
  readonly displayName: string;
  /** It is there for notebooks that were saved with it, beside the one that notebooks ask for. */
  readonly isOlder: boolean;
}

/** What this copy has for a name, one of `names`; undefined without a model, where it would lead to the copy that had it before. */
function ownKernel(
  projectRoot: string,
  jupyterPath: string,
  env: NodeJS.ProcessEnv,
  name: string,
  names: readonly string[],
  others: readonly string[],
): OwnKernel | undefined {
  const base = userKernelBase(name) ?? name;
  const from = join(jupyterPath, 'kernels', base);
  if (!existsSync(from)) return undefined;
  const spec = JSON.parse(readFileSync(join(from, 'kernel.json'), 'utf8'));
  const isOlder = name !== base && names.includes(base);
  // Two entries of a menu must not look the same.
  const displayName = spec.display_name + labelOf(projectRoot, others) + (isOlder ? ' (older name)' : '');
  const metadata = { ...spec.metadata, checkout: projectRoot };
  return {
    file: userKernelFile(env, name),
    text: toJson({ ...spec, display_name: displayName, metadata }),
    logo: readFileSync(join(from, logoName), 'utf8'),
    displayName,
    isOlder,
  };
}

function write({ file, text, logo }: OwnKernel): void {
  writeWhole(file, text);
  writeWhole(join(dirname(file), logoName), logo);
}

/** Gives a copy's kernels the names that only it has. */
function rename(
  kernels: readonly UserKernel[],
  checkout: string,
  all: readonly string[],
  env: NodeJS.ProcessEnv,
): void {
  const label = labelOf(
    checkout,
    all.filter((other) => other !== checkout),
  );
  for (const { name, folder } of kernels.filter((kernel) => kernel.checkout === checkout)) {
    const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
    const display_name = String(spec.display_name).replace(/, in .*$/, '') + label;
    const file = userKernelFile(env, name + suffixOf(checkout));
    rmSync(dirname(file), { recursive: true, force: true });
    renameSync(folder, dirname(file));
    writeWhole(file, toJson({ ...spec, display_name }));
  }
}

const toJson = (spec: object) => `${JSON.stringify(spec, null, 2)}\n`;

/**
 * Kernels of this copy that an older version of it wrote, and that may start what is not there any more, are written
 * anew under the names that they have. What belongs to another copy stays, also where that one is not there now: its disk
 * may only be away. `installUserKernels` does the rest, and says so.
 */
export async function refreshUserKernels(
  projectRoot: string,
  jupyterPath: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const stale = () => {
    const kernels = userKernels(projectRoot, env);
    const others = otherCheckouts(kernels);
    const names = kernels.filter(({ state }) => state === 'own').map(({ name }) => name);
    return names
      .flatMap((name) => ownKernel(projectRoot, jupyterPath, env, name, names, others) ?? [])
      .filter(({ file, text }) => readText(file) !== text);
  };
  // The folder may be one that cannot be written, and mostly need not be.
  if (stale().length > 0) await withUserKernelsLock(env, async () => stale().forEach(write));
}

/** Where the kernels are, and what it means that other copies of the project have or had some. */
export function describeUserKernels({ folder, displayNames, gone, holder, others }: UserKernels): string {
  const place = `in ${shortPath(folder)}`;
  const nobody = gone === '' ? 'a program that this one does not know' : shortPath(gone ?? '');
  const left =
    gone === undefined
      ? ''
      : `; some belonged to ${nobody}${gone === '' ? '' : ', which is no longer there'}, and lead to this folder now`;
  if (others.length === 0) return place + left;
  const beside = `${displayNames.join('; ')}: ${place}${left}, beside those of ${others.map(shortPath).join(' and ')}`;
  if (holder === undefined) return `${beside}; notebooks open on these`;
  return `${beside}; notebooks open on those of ${shortPath(holder)} until you choose one of these at their top right (npm run setup -- --take exchanges the names; npm start here has its own either way)`;
}
