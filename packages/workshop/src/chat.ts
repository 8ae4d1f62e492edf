import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, isLibError } from 'lib/access';
import { explained } from './setup/failure-cause.mjs';
import { isStudio } from './setup/is-studio.mjs';
import { openBrowser } from './setup/open-browser.ts';
import { runMain } from './setup/run-main.ts';
import { explainParseError } from './setup/start-arguments.ts';
import { untilAskedToEnd } from './setup/stop-signals.ts';

const usage = `Usage: npm run chat -- [--local] [--no-browser] [--port N] [--file PATH] [--behind ADDRESS]

Serves a chat page on this machine only.

  --local        use the local Bedrock endpoint: no AWS account, no cost
  --no-browser   print the address and open nothing
  --port N       listen on this port (default: a free one)
  --file PATH    keep conversations in this file (default: chat.db in the project)
  --behind ADDR  the address of JupyterLab in the browser, when it runs on a machine that the browser reaches only
                 through JupyterLab, as in SageMaker Studio`;

runMain(main);

async function main(): Promise<number> {
  const { local, port, file, help, behind, 'no-browser': noBrowser } = readArguments(process.argv.slice(2));
  if (help) {
    console.log(usage);
    return 0;
  }
  const { readJupyterAddress, startChat } = await import('lib/web');
  const jupyter = behind === undefined ? undefined : explainedByUsage(() => readJupyterAddress(behind));
  if (local) await (await import('./kernel/local-environment.ts')).localEnvironment(process.env);
  const stopping = untilAskedToEnd();
  const history = file ?? join(import.meta.dirname, '..', '..', '..', 'chat.db');
  const chat = await startChat({
    history,
    hosts: jupyter === undefined ? [] : [jupyter.host],
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  const url = jupyter === undefined ? chat.url : jupyter.addressOf(chat.url);
  const who = local
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

function readArguments(args: string[]) {
  const off = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        local: off,
        'no-browser': off,
        help: off,
        port: { type: 'string' },
        file: { type: 'string' },
        behind: { type: 'string' },
      },
    });
    const { port } = values;
    if (port === undefined || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
      return values;
  } catch (error) {
    throw explained(`${explainParseError(error as NodeJS.ErrnoException)}\n\n${usage}`, 2);
  }
  throw explained(`--port takes a number from 1 to 65535.\n\n${usage}`, 2);
}
