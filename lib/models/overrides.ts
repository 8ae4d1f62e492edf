import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LibError } from '../base/errors.ts';
import { isRole } from './roles.ts';

/** The models that somebody wants in place of a role's own, or of a model. */
export interface Override {
  /** One at least, the first choice first. */
  readonly ids: readonly string[];
  /** Such as `LIB_MODEL_SMALL` or `models.json`. */
  readonly source: string;
}

/** The file's name. It is looked for from the current folder up to the project's, the one with a package.json. */
const fileName = 'models.json';

const example = '{ "small": "amazon.nova-lite-v1:0", "best": ["anthropic.claude-sonnet-5"] }';

/**
 * What is to be used for a role or a model id: by `LIB_MODEL_SMALL`, `LIB_MODEL_BALANCED`, `LIB_MODEL_BEST` and
 * `LIB_MODEL_EMBEDDING` (ids, separated by commas), else by the file that `LIB_MODELS_FILE` names, else by the nearest
 * `models.json`, which has a role or an id on the left and an id, or a list of them, on the right.
 *
 * @throws LibError of kind `file` when the file cannot be read or says something else
 */
export function findOverride(idOrRole: string, folder = process.cwd()): Override | undefined {
  const variable = `LIB_MODEL_${idOrRole.toUpperCase()}`;
  const ids = isRole(idOrRole) ? splitIds(process.env[variable]) : [];
  if (ids.length > 0) return { ids, source: variable };
  const file = process.env.LIB_MODELS_FILE || findFile(folder);
  const wanted = file === undefined ? undefined : readOverrides(file)[idOrRole];
  return wanted === undefined ? undefined : { ids: wanted, source: file ?? fileName };
}

function splitIds(text = ''): readonly string[] {
  return text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

function findFile(folder: string): string | undefined {
  const file = join(folder, fileName);
  if (existsSync(file)) return file;
  const parent = dirname(folder);
  return parent === folder || existsSync(join(folder, 'package.json')) ? undefined : findFile(parent);
}

function readOverrides(file: string): Readonly<Record<string, readonly string[]>> {
  const value = readJson(file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(file);
  return Object.fromEntries(
    Object.entries(value).map(([name, wanted]) => {
      const ids: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      const isIds = ids.length > 0 && ids.every((id) => typeof id === 'string' && id.trim() !== '');
      if (!isIds) throw unusable(file, name);
      return [name, ids as string[]];
    }),
  );
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LibError(`${file} cannot be read`, {
      kind: 'file',
      hint: 'Check the path in LIB_MODELS_FILE, and whether you may read the file.',
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(file, undefined, cause);
  }
}

function unusable(file: string, name?: string, cause?: unknown): LibError {
  const where = name === undefined ? file : `"${name}" in ${file}`;
  return new LibError(`${where} does not say which models to use`, {
    kind: 'file',
    hint: `Write a role or a model id on the left and a model id, or a list of them, on the right: ${example}`,
    cause,
  });
}
