/** What `npm run doctor` runs: everything that a notebook needs, and what to do about what is missing. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { formatDollars } from 'bedrock-models';
import { checkAccess, createClient, type Finding, type ModelAccess, probeCost } from 'lib/access';
import { chooseRegion } from 'lib/region';
import { readNotebook } from '../notebook-file.ts';
import { fromHere, misuse, readOptions, runMain } from '../setup/cli.mjs';
import { commands } from '../setup/commands.mjs';
import { type CredentialsFinding, describeCredentials, findCredentials } from '../setup/credentials.ts';
import { checkMachine } from './check-machine.ts';
import { checkNetwork } from './check-network.ts';
import { formatFindings, modelsOfNotebook, redact, summarise } from './report.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');

runMain(main);

async function main(): Promise<number> {
  const { positionals, ...values } = readOptions('doctor');
  if (values.help) {
    console.log(commands.doctor.usage);
    return 0;
  }
  const models = values.model ?? modelsOf(positionals);
  if (values.local) await (await import('../kernel/local-environment.ts')).localEnvironment(process.env);
  const all: Finding[] = [];
  const print = (heading: string, findings: readonly Finding[]) => {
    all.push(...findings);
    console.log(`${formatFindings(redact(heading), findings.map(redactFinding))}\n`);
  };

  print('This machine', await checkMachine(projectRoot));
  const credentials = await findCredentials();
  const signedIn = credentials.state === 'found';
  const { region, source } = await chooseRegion();
  print('Sign-in', [
    credentialsFinding(credentials, values.local),
    { what: 'Region', state: 'ok', text: `${region}, from ${source}` },
  ]);
  const words: Finding = { what: 'Words', state: 'ok', text: 'a stand-in, not a language model' };
  print('Network', [...(await checkNetwork(region, signedIn)), ...(values.local ? [words] : [])]);

  if (values.probe && signedIn) console.log(`${await announceProbe(models)}\n`);
  const access = await checkAccess(createClient(), models, {
    ask: signedIn,
    probe: values.probe && signedIn,
  });
  for (const model of access) print(headingOf(model), model.findings);

  console.log(
    `${summarise(all)}. The text above holds no account id, key or name of a user: paste it as it is.`,
  );
  return all.some(({ state }) => state === 'problem') ? 1 : 0;
}

function modelsOf(notebooks: readonly string[]): readonly string[] {
  const files =
    notebooks.length > 0
      ? notebooks.map((path) => fromHere(path, projectRoot))
      : globSync(join(projectRoot, 'notebooks', '*.ipynb')).sort();
  const read = (file: string) => {
    try {
      return modelsOfNotebook(readNotebook(file));
    } catch {
      throw misuse('doctor', `${file} is not a notebook that can be read.`);
    }
  };
  return [...new Set(files.flatMap(read))];
}

function credentialsFinding(credentials: CredentialsFinding, local: boolean): Finding {
  const what = 'Credentials';
  if (local) return { what, state: 'ok', text: 'placeholders: no AWS account is used' };
  // Not even the end of a key: it would be pasted with the rest.
  if (credentials.state === 'found') return { what, state: 'ok', text: `from ${credentials.source}` };
  const fix =
    'Sign in (aws sso login, or aws configure); or use the kernel TypeScript (local Bedrock), which needs no AWS account. Until then the models are judged by the catalogue alone.';
  return { what, state: 'warning', text: describeCredentials(credentials), fix };
}

function redactFinding(finding: Finding): Finding {
  const { text, fix } = finding;
  return { ...finding, text: redact(text), ...(fix !== undefined && { fix: redact(fix) }) };
}

async function announceProbe(models: readonly string[]): Promise<string> {
  const found = await checkAccess(createClient(), models);
  const ids = found.flatMap(({ id = [] }) => id);
  const cost = probeCost(ids);
  const price =
    cost === undefined
      ? 'an amount that is not known, for one of them has no price'
      : `${formatDollars(cost)} at most`;
  return `Each model is now called once, for one token: ${price}.`;
}

function headingOf({ name, requested, id, status }: ModelAccess): string {
  return `${name}: ${status}${id === undefined || id === requested ? '' : ` (here ${id})`}`;
}
