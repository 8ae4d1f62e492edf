import type { ModelOptions } from 'local-bedrock';
import { isServer, modelName, prepareModel } from 'local-bedrock/model';
import { explained } from '../setup/cli.mjs';
import { rememberModel } from './choice.ts';
import { listModels } from './servers.ts';

/**
 * Makes a model ready for the kernels and writes the choice down: asks the server for its models, or fetches weights and
 * what runs them, with progress on standard error.
 *
 * @returns what to call the model
 * @throws an explained error: no server, several models of which none was named, no weights, no network
 */
export async function makeModelReady(options: ModelOptions): Promise<string> {
  const { source, name } = options;
  if (isServer(source)) {
    const models = await listModels(source);
    const chosen = name ?? models?.[0];
    if (models === undefined) {
      throw explained(`No server answers at ${source}.\nNext step: start it, or correct the URL.`);
    }
    if (chosen === undefined)
      throw explained(`${source} has no model.\nNext step: load one there, and run this again.`);
    if (name === undefined && models.length > 1) {
      const list = models.map((model) => `  ${model}`).join('\n');
      throw explained(`${source} has several models:\n${list}\nNext step: add --model-name and one of them.`);
    }
    rememberModel({ ...options, name: chosen });
    return chosen;
  }
  try {
    await prepareModel(options, (line) => console.error(line), showProgress());
  } catch (error) {
    throw explained(error instanceof Error ? error.message : String(error));
  }
  rememberModel(options);
  return modelName(options);
}

/** On a terminal one line that counts; elsewhere one each tenth part. */
function showProgress() {
  let tenth = -1;
  return ({ received, total }: { readonly received: number; readonly total: number }) => {
    const live = process.stderr.isTTY;
    const part = total === 0 ? 0 : Math.floor((received / total) * (live ? 100 : 10));
    if (part === tenth) return;
    tenth = part;
    const text = `${Math.floor(received / 1e6)} MB${total === 0 ? '' : ` of ${Math.ceil(total / 1e6)} MB`}`;
    process.stderr.write(live ? `\r${text}   ${received === total ? '\n' : ''}` : `${text}\n`);
  };
}
