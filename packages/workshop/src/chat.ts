import { join } from 'node:path';
import { describeError, isLibError } from 'lib/access';
import { modelOptionsOf } from './model/choice.ts';
import { explained, readOptions, readPort, runMain, storeFromHere, untilAskedToEnd } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';
import { openBrowser } from './setup/open-browser.ts';
import { isStudio } from './setup/studio.mjs';

runMain(main);

async function main(): Promise<number> {
  const values = readOptions('chat');
  const { local, port: portText, file, help, behind, 'no-browser': noBrowser } = values;
  if (help) {
    console.log(commands.chat.usage);
    return 0;
  }
  const port = readPort('chat', portText);
  const { readJupyterAddress, startChat } = await import('lib/web');
  const jupyter = behind === undefined ? undefined : explainedByUsage(() => readJupyterAddress(behind));
  const options = modelOptionsOf(values);
  const model = options && (await (await import('./model/make-ready.ts')).makeModelReady(options));
  if (local || options !== undefined)
    await (await import('./kernel/local-environment.ts')).localEnvironment(process.env, options);
  const stopping = untilAskedToEnd();
  const history = file ? storeFromHere(file) : join(import.meta.dirname, '..', '..', '..', 'chat.db');
  const chat = await startChat({
    history,
    hosts: jupyter === undefined ? [] : [jupyter.host],
    ...(port !== undefined && { port }),
  });
  const url = jupyter === undefined ? chat.url : jupyter.addressOf(chat.url);
  const who = model
    ? `${model} answers, a language model on this machine, for every model that is named.`
    : local
      ? 'A stand-in answers, not a language model. Leave --local out to call Amazon Bedrock.'
      : 'Whoever has this address can chat at your cost.';
  console.log(`${url}\n\n${who} Stop with Ctrl-C.`);
  if (jupyter === undefined && isStudio(process.env)) {
    console.log('In SageMaker Studio, add --behind and the address that your browser shows for JupyterLab.');
  }
  if (!noBrowser) openBrowser(url);
  // The address stays served until somebody asks for the end.
  const alive = setInterval(() => undefined, 60_000);
  await stopping;
  clearInterval(alive);
  await chat.close();
  return 0;
}

/** What is wrong with an argument ends the command with its words, not with a stack. */
function explainedByUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isLibError(error)) throw explained(`--behind: ${describeError(error)}`, 2);
    throw error;
  }
}
