import { join } from 'node:path';
import type { ModelOptions } from 'local-bedrock';
import { explained, fromHere } from '../setup/cli.mjs';
import { readText, writeWhole } from '../setup/disk.mjs';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');

/** Where the model is written down that the kernel "TypeScript (local model)" uses. */
function choiceFile(root: string): string {
  return join(root, '.cache', 'model', 'choice.json');
}

/**
 * The model that `--model` chose last; undefined before. `LOCAL_BEDROCK_MODEL`, a URL, a GGUF file or `ModelOptions` in
 * JSON, wins.
 *
 * @throws an explained error when that is no JSON
 */
export function chosenModel(env: NodeJS.ProcessEnv, root = projectRoot): ModelOptions | undefined {
  const named = env.LOCAL_BEDROCK_MODEL;
  if (named) return named.trimStart().startsWith('{') ? parseOptions(named) : { source: wholePath(named) };
  try {
    return JSON.parse(readText(choiceFile(root)) ?? '');
  } catch {
    return undefined;
  }
}

function parseOptions(text: string): ModelOptions {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw explained(
      `LOCAL_BEDROCK_MODEL cannot be read as JSON: ${(error as Error).message}\n` +
        'Next step: set it to the URL of a server, a GGUF file, or JSON such as {"source":"http://127.0.0.1:8080/v1"}, or unset it.',
    );
  }
}

/** Writes a choice down; files by their whole path, because kernels run in their notebook's folder. */
export function rememberModel(options: ModelOptions, root = projectRoot): void {
  writeWhole(choiceFile(root), `${JSON.stringify(options, null, 2)}\n`);
}

/** What the options of a command say of the model, files by their whole paths. */
export function modelOptionsOf(values: {
  readonly model?: string | undefined;
  readonly 'model-name'?: string | undefined;
  readonly 'embedding-model'?: string | undefined;
}): ModelOptions | undefined {
  const { model: source, 'model-name': name, 'embedding-model': embedding } = values;
  if (source === undefined) return undefined;
  return {
    ...(source && { source: wholePath(source) }),
    ...(name && { name }),
    ...(embedding && { embedding: wholePath(embedding) }),
  };
}

/** A file's; what is no file, the URL of a server or a name there, as it is. */
function wholePath(given: string): string {
  return /\.gguf$/i.test(given) && !/^https?:/i.test(given) ? fromHere(given) : given;
}
